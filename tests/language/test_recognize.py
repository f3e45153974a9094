"""What is a spec: by its top-level keys, sound or not; what other tools' files are not."""

import time
from pathlib import Path

import pytest

from cnncalc.language.text.recognize import recognize, top_level
from cnncalc.zoo import LIBRARY, folder

SPECS = {
    "the usual": "name: A\ninput: 3x32x32\nlayers:\n  - relu\n",
    "items not indented": "input: 3x32x32\nlayers:\n- relu\n",
    "comments and an empty line first": "# a network\n\ninput: 3x32x32\nlayers: [relu]\n",
    "a document start": "---\ninput: 3x32x32\nlayers: [relu]\n",
    "a second document": "input: 3x32x32\nlayers: [relu]\n---\nkind: Pod\napiVersion: v1\nspec:\n",
    "all of it indented": "  input: 3x32x32\n  layers:\n    - relu\n",
    "quoted keys": '"input": "3x32x32"\n\'layers\': ["relu"]\n',
    "in braces": "{input: 3x32x32, layers: [relu]}\n",
    "in braces, over lines": '{\n  "name": "A",\n  "layers": ["relu"]\n}\n',
    "windows line ends": "input: 3x32x32\r\nlayers:\r\n  - relu\r\n",
    "an input as a list": "input: [3, 32, 32]\nlayers: \n",
    "inputs by name": "input:\n  left: 1x28x28\n  right: 1x28x28\n",
    "no input": "layers:\n  - conv: 3\n",
    "no layers": "input: 3x32x32\n",
    "layers misspelt": "input: 3x32x32\nlyaers:\n  - relu\n",
    "input misspelt": "inptu: 3x32x32\nlayers:\n  - relu\n",
    "layers as a mapping": "input: 3x32x32\nlayers: {relu: }\n",
    "a key of its own": "input: 3x32x32\nowner: me\nlayers: [relu]\n",
    "a bracket left open": "input: 3x32x32\nlayers:\n  - conv: {filters: 3\n",
    "a bracket left open in its first line": "name: [A\ninput: 3x32x32\nlayers:\n  - relu\n",
    "tabs": "input: 3x32x32\nlayers:\n\t- relu\n",
    "no space behind a colon": "input:3x32x32\nlayers:\n  - relu\n",
    "an anchor": "input: 3x32x32\nlayers:\n  - &a relu\n  - *a\n",
    "a base": "extends: base.yaml\n",
    "a kind behind a name": "layers:\n  - {name: a, when: b, conv: {filters: 3}}\n",
    "a kind under a name": "layers:\n  - name: a\n    conv: {filters: 3}\n",
    "a kind in a join": "layers:\n  - {name: a, of: {left: [relu]}}\n",
    "a kind with a comment": "layers:\n  - relu # the first\n",
    "a kind in quotes": "layers: ['relu']\n",
    "a kind below a block of its own": "layers:\n  - stem\n  - relu\n",
    "kinds misspelt beside a shape": "input: 3x8x8\nlayers: [rleu]\n",
    "blocks of its own": "layers: [unit]\nblocks:\n  unit: {layers: [a]}\n",
    "a base and its arguments": "name: B\nextends: base\nargs: {depth: 3}\n",
    "a base with a comment": "extends: 'base.yml' # the first\n",
}

LIBRARIES = {
    "blocks": "blocks:\n  a:\n    layers: [relu]\n",
    "blocks with what is around them": "about: x\ndefaults: {conv: {bias: false}}\n"
    "blocks:\n  a:\n    args: {n: }\n    layers: [relu]\n",
    "in braces": "blocks: {a: {layers: [relu]}}\n",
    "without layers": "blocks:\n  a:\n    args: {n: }\n",
    "not YAML": "blocks:\n  a:\n    layers: [relu\n",
}

OTHERS = {
    "nothing": "",
    "comments": "# input: 3x32x32\n# layers: [relu]\n",
    "a list": "- layers\n- input\n",
    "a text": "layers\n",
    "docker compose": "name: web\ninclude: [other.yaml]\nservices:\n  web:\n    image: nginx\n"
    "    extends: base\nvolumes: {data: }\n",
    "a compose file with anchors": "x-a: &a {image: nginx}\nservices:\n  web: *a\n",
    "a workflow": "name: CI\non: [push]\ndefaults: {run: {shell: bash}}\njobs:\n  test:\n"
    "    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v5\n",
    "an action": "name: Check\ndescription: x\ninputs:\n  path: {default: .}\noutputs: {}\n"
    "runs: {using: composite}\n",
    "mkdocs": "site_name: Docs\nnav:\n  - Home: index.md\ntheme: {name: material}\n",
    "pre-commit": "repos:\n  - repo: local\n    hooks: []\n",
    "hooks": "- id: cnncalc\n  name: cnncalc\n",
    "GitLab CI": "include: [a.yml]\ndefault: {image: python}\nstages: [test]\n"
    "test:\n  extends: .a\n",
    "kubernetes": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: []\n",
    "conda": "name: env\nchannels: [conda-forge]\ndependencies: [python]\n",
    "eslint": "extends: airbnb\n",
    "yamllint": "extends: ../.yamllint.yaml\nrules: {line-length: disable}\n",
    "renovate": "extends:\n  - config:base\n",
    "serverless": "service: x\nprovider: {name: aws}\nfunctions: {}\nlayers:\n  a: {path: a}\n",
    "a map server": "services: {}\nlayers:\n  - name: osm\n    sources: [a]\n"
    "sources: {}\ncaches: {}\n",
    "a map style": "version: 8\nname: Basic\nsources: {}\nlayers:\n  - id: water\n    type: fill\n",
    "a deployment's blocks": "version: v1.0\nname: CI\nblocks:\n  - name: Test\n    task: {}\n",
    "hydra": "defaults:\n  - _self_\nmodel: {layers: [64, 64]}\ninput: data.csv\n",
    "hyperparameters": "layers: 3\ndropout: 0.5\n",
    "widths": "layers: [64, 64]\n",
    "layers of a function": "layers: [arn:aws:lambda:eu-west-1:123456789012:layer:a:1]\n",
    "layers of a function, one a line": "name: f\nlayers:\n  - arn:aws:lambda:eu:1:layer:relu:1\n",
    "layers by name": "name: x\nlayers: [a, b]\n",
    "layers of a folder": "input: data/train\nlayers: [a, b]\n",
    "layers of a picture": "layers:\n  - name: sky\n    colour: blue\n  - name: sea\n",
    "layers, and kinds elsewhere": "name: x\nlayers: [a, b]\nsource: relu\n",
    "layers that begin as kinds do": "layers: [relu-net, conv.yaml, add/x]\n",
    "kinds that are values": "layers:\n  - type: relu\n",
    "a workflow with an input": "input: data.csv\nsteps: [a, b]\n",
}


@pytest.mark.parametrize("text", SPECS.values(), ids=SPECS)
def test_specs(text: str) -> None:
    assert recognize(text) == "spec"


@pytest.mark.parametrize("text", LIBRARIES.values(), ids=LIBRARIES)
def test_libraries(text: str) -> None:
    assert recognize(text) == "library"


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_others(text: str) -> None:
    assert recognize(text) is None


@pytest.mark.parametrize("path", sorted(folder().rglob("*.yaml")), ids=lambda path: path.stem)
def test_the_zoo(path: Path) -> None:
    sort = "library" if path.parent.name == LIBRARY else "spec"
    assert recognize(path.read_text(encoding="utf-8")) == sort


def test_keys_with_the_beginnings_of_their_values() -> None:
    text = "name: A # x\nabout: >\n  layers: no\n"
    text += "layers: # all\n\n  # one\n  - relu\nargs: {input: 3}\n"
    assert top_level(text) == {
        "name": "A # x",
        "about": ">",
        "layers": "- relu",
        "args": "{input: 3}",
    }


HUGE = {
    "digits": "input: " + "1" * 10**6,
    "empty lines": "input:\n" + "\n" * 10**6,
    "comments": "layers:\n" + "# a\n" * 10**6,
    "keys": "layers:\n  - a\n" + "".join(f"layers{n}:\n" for n in range(10**5)),
    "brackets": "{" * 10**6,
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_huge_files_take_no_time(text: str) -> None:
    start = time.process_time()
    recognize(text)
    assert time.process_time() - start < 5
