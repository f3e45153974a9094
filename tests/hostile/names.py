"""Names that want to become code, or to hide; and odd ones that are sound."""

from __future__ import annotations

CALL = 'getattr(__import__("os"),"system")("exit 0")'
DOTTED = "__import__('os').system('exit 0')"
BARE = "breakpoint()"

BREAKOUTS = (
    'a",None),{call},("',
    "a',None),{call},('",
    'a"),{call},("',
    "a'),{call},('",
    'a",{call},"',
    'a"+{call}+"',
    "a'+{call}+'",
    'a"]={call}#',
    'a")\n{call}\n("',
    'a")\n        {call}\n        ("',
    "a'''\n{call}\n'''",
    'a"""\n{call}\n"""',
    'a"""\n        {call}\n        """',
    'a"""; {call}; """',
    'a"""+{call}+"""',
    "a\n{call}\n",
    "a\n        {call}",
    "a\r{call}",
    "a\x0b{call}",
    "a\x0c{call}",
    "a\x85{call}",
    "a\u2028{call}",
    "a\u2029{call}",
    "a # \n{call}",
    "a\\\n{call}",
    'a\\",{call},("',
    'a\\\\",{call},("',
    "{call}",
    "a={call}",
    "a: {call}",
    "a, b={call}",
    "a=0, b={call}",
    "a: {call} = 1, b",
    "a) -> {call}: pass\n    def b(self",
    "A({call})",
    "(nn.Module): pass\n{call}\nclass B",
    "a;{call}",
    "a or {call}",
    "a if {call} else b",
    "a[{call}]",
    "a.b({call})",
    "lambda: {call}",
    "(a:={call})",
    "*{call}",
    "**{call}",
    "@{call}",
    "{{{call}}}",
    "f'{{{call}}}'",
    "{{self.__class__.__init__.__globals__}}",
    "%({call})s",
    "\\N{{LATIN SMALL LETTER A}}",
    "\\x22,{call},\\x22",
    "\\u0022,{call},\\u0022",
    "\\042,{call},\\042",
)  # fmt: skip

HOSTILE = tuple(
    dict.fromkeys(
        [
            *(form.format(call=call) for call in (CALL, DOTTED, BARE) for form in BREAKOUTS),
            *("\\", 'a"', "a'", 'a"""', "a\\", "a\\\\", '"', "'", "`id`", "$(id)", "a\0b", "\0"),
            *("a b", " a", "a ", "a\tb", "a\nb", "a\r\nb", "", " ", ".", "..", "a.", ".a", "a..b"),
            *("\x1b[2J", "\x1b]52;c;aWQ=\x07", "\x9b2J", "\x7f", "\u202ea", "a\u2066b", "\u061ca"),
            *("a\u200bb", "\ufeffa", "a\u00adb", "\u3164", "a\ufe0f", "a\u034fb", "\u115f"),
            *("\ufb01", "\uff45\uff56\uff41\uff4c", "\U0001d41e", "e\u0301", "\u212a", "\xb2"),
            *("\u2460", "\xaa", "\u212b"),
            *("a\ud800b", "::error::a", "##vso[task]", "=cmd|' /C calc'!A0", "<script>", "a|b"),
            *("../a", "-a", "+a", "/etc/passwd", "C:\\a", "~", "*", "&a", "!a", "%a", "@a"),
            "x" * 101,
        ]
    )
)  # fmt: skip
"""None of them is a name."""

SOUND = (
    *("none", "true", "false", "None", "True", "False", "null", "NotImplemented", "Ellipsis"),
    *("__init__", "__class__", "__class_", "__call__", "__dict__", "__debug__", "__mangled"),
    *("__name__", "__doc__", "__module__", "__slots__", "__new__", "__getattr__", "__setattr__"),
    *("_modules", "_modules_", "_parameters", "_buffers", "_", "__", "_apply", "_call_impl"),
    *("forward", "training", "train", "train_", "eval", "to", "type", "double", "T_destination"),
    *("reset_parameters", "state_dict", "parameters", "modules", "named_modules", "add_module"),
    *("append", "insert", "pop", "keys", "items", "values", "requires_grad_", "call_super_init"),
    *("0", "007", "1", "1x1", "3x3", "1e3", "0x10", "1_000", "00", "0_2", "10", "2d"),
    *("class", "def", "lambda", "import", "return", "yield", "async", "await", "match", "case"),
    *("is", "in", "not", "and", "or", "if", "else", "for", "while", "with", "pass", "del"),
    *("self", "cls", "super", "x", "out", "other", "skip", "name", "module", "others", "range"),
    *("torch", "nn", "F", "Tensor", "Any", "OrderedDict", "prod", "math", "weight_norm", "float"),
    *("getattr", "isinstance", "int", "tuple", "dict", "str", "bool", "object", "print", "open"),
    *("Net", "NetNone", "Maxout", "Slice", "Step", "Scale", "Unit", "Conv2d", "Sequential"),
    *("a-b", "a+b", "a/b", "a_b", "a--", "a/", "branch", "branch0", "layers", "output1"),
    *("__слой", "слой", "Füße", "層", "طبقة", "שכבה", "परत", "é", "x" * 100),
)  # fmt: skip
"""Names that Python, PyTorch or the writer itself has other uses for."""
