import pytest

from callsmith.schema.lint import Finding, lint, verdict
from callsmith.types.tool import Tool
from tests.engine.schema_kit import real_tools

GOOD = Tool(
    "get_weather",
    "Weather of a place",
    {"type": "object", "properties": {"place": {"type": "string", "description": "City"}}, "required": ["place"]},
)


def found(tool, others=()):
    return [(finding.severity, finding.path, finding.rule) for finding in lint(tool, others)]


def with_parameters(parameters, **more):
    return Tool("get_weather", "Weather of a place", parameters, **more)


def prop(schema, **more):
    return with_parameters({"type": "object", "properties": {"p": {"description": "What is meant", **schema}}, **more})


def test_a_good_tool_has_no_findings():
    assert lint(GOOD) == ()
    assert lint(Tool("now", "The time")) == ()


@pytest.mark.parametrize(
    ("name", "others", "expected"),
    [
        ("", (), ("error", "/name", "name-missing")),
        ("get weather", (), ("error", "/name", "name-characters")),
        ("math.hypot", (), ("error", "/name", "name-characters")),
        ("wetter_für", (), ("error", "/name", "name-characters")),
        ("get_weather\n", (), ("error", "/name", "name-characters")),
        ("x" * 65, (), ("error", "/name", "name-length")),
        ("3d_print", (), ("warning", "/name", "name-start")),
        ("get_weather", ("get_weather",), ("error", "/name", "duplicate-name")),
    ],
)
def test_names_are_held_to_the_rules_of_the_vendors(name, others, expected):
    assert found(Tool(name, "Does it"), others) == [expected]


def test_sixty_four_characters_are_allowed():
    assert found(Tool("x" * 64, "Does it")) == []


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        (Tool("t", " "), ("warning", "/description", "description-missing")),
        (
            with_parameters({"type": "object", "properties": {"p/q": {"type": "string"}}}),
            ("info", "/parameters/properties/p~1q", "parameter-description-missing"),
        ),
        (with_parameters({"properties": {}}), ("error", "/parameters", "root-not-object")),
        (with_parameters({"type": "array", "items": {}}), ("error", "/parameters", "root-not-object")),
        (prop({}, required=["p", "q"]), ("error", "/parameters/required/1", "required-unknown")),
        (
            with_parameters({"type": "object", "required": ["q"]}),
            ("error", "/parameters/required/0", "required-unknown"),
        ),
        (prop({"type": "float"}), ("error", "/parameters/properties/p/type", "type-unknown")),
        (prop({"pattern": "("}), ("error", "/parameters/properties/p/pattern", "pattern-invalid")),
        (prop({"$ref": "#/$defs/no"}), ("error", "/parameters/properties/p/$ref", "ref-nowhere")),
        (
            prop({"type": "integer", "enum": ["a", "b"]}),
            ("error", "/parameters/properties/p/enum", "enum-type"),
        ),
        (
            prop({"type": "integer", "enum": [1, "b"]}),
            ("warning", "/parameters/properties/p/enum", "enum-type"),
        ),
        (prop({"enum": []}), ("error", "/parameters/properties/p/enum", "enum-empty")),
        (prop({"type": "integer", "default": "5"}), ("warning", "/parameters/properties/p/default", "default-invalid")),
        (
            prop({"type": "string", "properties": {}}),
            ("warning", "/parameters/properties/p/properties", "keyword-without-effect"),
        ),
        (
            prop({"type": "array", "items": {"type": "string", "enum": [1]}}),
            ("error", "/parameters/properties/p/items/enum", "enum-type"),
        ),
        (prop({"pattern": "^(?=a)"}), ("info", "/parameters/properties/p/pattern", "keyword-unchecked")),
    ],
)
def test_each_fault_is_found_at_its_place(tool, expected):
    assert expected in found(tool)


def test_a_property_name_that_a_vendor_refuses_is_named():
    tool = with_parameters({"type": "object", "properties": {"my place": {"description": "What is meant"}}})
    assert found(tool) == [("warning", "/parameters/properties/my place", "property-name")]


def test_a_branch_may_require_what_the_schema_around_it_defines():
    either = prop({}, anyOf=[{"required": ["p"]}, {"required": ["q"]}])
    assert found(either) == []
    together = prop({}, required=["q"], allOf=[{"properties": {"q": {"description": "What is meant"}}}])
    assert found(together) == []


def test_a_default_is_checked_against_what_it_refers_to():
    defs = {"place": {"type": "string"}}
    assert found(prop({"allOf": [{"$ref": "#/$defs/place"}], "default": "x"}, **{"$defs": defs})) == []
    wrong = prop({"allOf": [{"$ref": "#/$defs/place"}], "default": 5}, **{"$defs": defs})
    assert found(wrong) == [("warning", "/parameters/properties/p/default", "default-invalid")]


def test_strict_mode_wants_closed_objects_with_every_property_required():
    open_object = with_parameters(
        {"type": "object", "properties": {"p": {"description": "What is meant"}}}, strict=True
    )
    assert found(open_object) == [
        ("warning", "/parameters", "strict-open-object"),
        ("warning", "/parameters/required", "strict-optional"),
    ]
    closed = {"type": "object", "properties": {"p": {"description": "What is meant"}}, "required": ["p"]}
    assert found(with_parameters({**closed, "additionalProperties": False}, strict=True)) == []


def test_the_gravest_comes_first():
    assert [severity for severity, _, _ in found(Tool("a b", "", {"type": "object", "properties": {"p": {}}}))] == [
        "error",
        "warning",
        "info",
    ]


@pytest.mark.parametrize(
    ("severities", "word"),
    [
        ((), "ok"),
        (("info",), "1 hint"),
        (("info", "warning"), "1 warning"),
        (("error", "warning", "error"), "2 errors"),
    ],
)
def test_the_verdict_is_a_word(severities, word):
    assert verdict([Finding(severity, "", "", "") for severity in severities]) == word


@pytest.mark.slow
def test_every_real_tool_is_linted(shared):
    rules = set()
    for where, tool in real_tools(shared):
        findings = lint(Tool(tool["name"], tool.get("description") or "", tool["parameters"]))
        assert all(finding.message and finding.path.startswith("/") for finding in findings), where
        rules |= {finding.rule for finding in findings}
    assert {"type-unknown", "root-not-object", "name-characters", "parameter-description-missing"} <= rules
