"""What the documentation has between `<!-- generated: NAME -->` and `<!-- end -->`."""

from tests.docs.course import errors_table
from tests.docs.formats import formats_table
from tests.docs.kinds import activations_table, kinds_table
from tests.docs.rules import code_pages, codes_table
from tests.docs.small import mcunets, small_devices
from tests.docs.training import recipe_table, sections_table
from tests.docs.zoo import differences, zoo_table

GENERATED = {
    "errors": errors_table,
    "kinds": kinds_table,
    "activations": activations_table,
    "zoo": zoo_table,
    "differences": differences,
    "codes": codes_table,
    "code pages": code_pages,
    "formats": formats_table,
    "recipe": recipe_table,
    "sections": sections_table,
    "small devices": small_devices,
    "mcunets": mcunets,
}
