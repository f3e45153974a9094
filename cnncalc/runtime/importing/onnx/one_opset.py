"""A model in the operators of one version of the standard, where its converter goes that way."""

from __future__ import annotations

import onnx
from onnx import version_converter

from cnncalc.runtime.importing.onnx.model_proto import OWN_DOMAINS
from cnncalc.runtime.reading import ReadError, first_line

OPSET = 18
"""The version that what is older is brought to; what newer ones write is read as it is."""

OLDEST = 13
"""From it on what has another form than in `OPSET` is read as well."""


def opset_of(proto: onnx.ModelProto) -> int:
    """The version of the standard's operators that a model uses. Raises ReadError."""
    for each in proto.opset_import:
        if each.domain in OWN_DOMAINS:
            return int(each.version)
    raise ReadError("does not say which version of ONNX's operators it uses")


def of_one_opset(proto: onnx.ModelProto) -> onnx.ModelProto:
    """The model, in operators of `OPSET` unless it is newer. Raises ReadError where it is old, and
    the converter refuses it."""
    version = opset_of(proto)
    latest = onnx.defs.onnx_opset_version()
    if version > latest:
        raise ReadError(
            f"uses operators of version {version}, onnx {onnx.__version__} knows {latest}"
        )
    if version >= OPSET:
        return proto
    try:
        return version_converter.convert_version(proto, OPSET)
    except Exception as error:
        if version >= OLDEST:
            return proto
        said = first_line(error)
        raise ReadError(
            f"uses operators of version {version}, which onnx does not convert to {OPSET}: {said};"
            f" save it with opset {OPSET}"
        ) from None
