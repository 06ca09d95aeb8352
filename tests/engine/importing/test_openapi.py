"""OpenAPI and Swagger: one tool an operation, with everything it needs and nothing from elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from callsmith.importing import Candidate, ImportProblem, read
from callsmith.schema.validate import check_schema
from callsmith.types.codec import to_json

OPENAPI = sorted((Path(__file__).resolve().parents[4] / "shared" / "schemas" / "openapi").glob("[!i]*.json"))


def document(**parts: Any) -> dict[str, Any]:
    return {"openapi": "3.0.3", "info": {"title": "T"}, "servers": [{"url": "https://x.io/v1/"}], **parts}


def one(found: dict[str, Any]) -> Candidate:
    candidates = read(json.dumps(found)).candidates
    assert len(candidates) == 1 and not candidates[0].refused
    return candidates[0]


def body(schema: Any, kind: str = "application/json") -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {kind: {"schema": schema}}}}


PET_REF = {"$ref": "#/components/schemas/Pet"}
PET = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": {"type": "string", "nullable": True, "example": "Rex"},
        "weight": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
        "parent": {"$ref": "#/components/schemas/Pet"},
    },
}


def test_parameters_and_body_are_one_object_and_the_request_is_remembered() -> None:
    found = one(
        document(
            paths={
                "/pets/{petId}": {
                    "parameters": [{"name": "petId", "in": "path", "required": True, "schema": {"type": "integer"}}],
                    "put": {
                        "operationId": "pets.update",
                        "summary": "Update",
                        "tags": ["pets"],
                        "deprecated": True,
                        "parameters": [
                            {"name": "name", "in": "query", "description": "a", "schema": {"type": "string"}},
                            {"name": "filter[x]", "in": "query", "style": "deepObject", "schema": {"type": "object"}},
                            {"name": "Accept", "in": "header", "schema": {"type": "string"}},
                        ],
                        "security": [{"appKey": []}],
                        "responses": {"200": {"content": {"application/json": {"schema": PET_REF}}}},
                        **body(PET_REF),
                    },
                }
            },
            components={
                "schemas": {"Pet": PET, "Unused": {"type": "string"}},
                "securitySchemes": {"appKey": {"type": "apiKey", "in": "header", "name": "X-Key"}},
            },
        )
    )  # fmt: skip
    tool = found.tool
    assert (tool.name, tool.description) == ("pets_update", "Update")
    assert (found.title, found.group) == ("PUT /pets/{petId} · Update (deprecated)", "pets")
    parameters = tool.parameters or {}
    assert parameters["properties"] == {
        "petId": {"type": "integer"},
        "name": {"type": "string", "description": "a"},
        "filter_x": {"type": "object"},
        "body_name": {"type": ["string", "null"], "examples": ["Rex"]},
        "weight": {"type": "number", "exclusiveMinimum": 0},
        "parent": {"$ref": "#/$defs/Pet"},
    }
    assert parameters["required"] == ["petId", "body_name"]
    assert list(parameters["$defs"]) == ["Pet"]
    assert tool.output_schema is not None and tool.output_schema["$ref"] == "#/$defs/Pet"
    http = tool.origin.http if tool.origin else None
    assert http is not None
    assert (http.method, http.url) == ("PUT", "https://x.io/v1/pets/{petId}")
    assert [(a.property, a.place, a.name) for a in http.arguments] == [
        ("petId", "path", "petId"),
        ("name", "query", "name"),
        ("filter_x", "query", "filter[x]"),
        ("body_name", "body", "name"),
        ("weight", "body", "weight"),
        ("parent", "body", "parent"),
    ]
    assert (http.headers, http.content_type) == ({"X-Key": "{{APP_KEY}}"}, "application/json")
    said = " ".join(change.message for change in found.changes)
    assert "read-only" in said and "body_name" in said and "deepObject" in said
    assert tool.origin is not None and tool.origin.name == "pets.update"


@pytest.mark.parametrize(
    ("schema", "names"),
    [
        ({"type": "array", "items": {"type": "string"}}, ["body"]),
        ({"type": "object", "additionalProperties": {"type": "string"}}, ["body"]),
        ({"oneOf": [{"type": "object"}, {"type": "string"}]}, ["body"]),
        ({"type": "object", "properties": {"a": {}, "b": {}}}, ["a", "b"]),
        ({"allOf": [{"type": "object", "properties": {"a": {}}}, {"properties": {"b": {}}}]}, ["a", "b"]),
        ({"allOf": [{"properties": {"a": {}}}, {"properties": {"a": {}}}]}, ["body"]),
    ],
)
def test_a_body_is_taken_apart_only_where_it_is_a_plain_object(schema: Any, names: list[str]) -> None:
    found = one(document(paths={"/a": {"post": body(schema)}}))
    assert list((found.tool.parameters or {})["properties"]) == names


def test_references_that_leave_the_document_are_never_followed() -> None:
    refs = ("http://evil.test/x.json", "file:///etc/passwd", "other.yaml#/A", "#/components/schemas/Gone")
    for ref in refs:
        found = read(json.dumps(document(paths={"/a": {"post": body({"properties": {"x": {"$ref": ref}}})}})))
        assert (found.candidates[0].tool.parameters or {})["properties"]["x"] == {}
        assert any(ref in problem for problem in found.problems)


def test_circles_without_end_are_opened() -> None:
    schemas = {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}
    same = {"A": {"$ref": "#/components/requestBodies/A"}}
    paths = {
        "/a": {"post": body({"$ref": "#/components/schemas/A"})},
        "/b": {"post": {"requestBody": {"$ref": "#/components/requestBodies/A"}}},
    }
    found = read(json.dumps(document(paths=paths, components={"schemas": schemas, "requestBodies": same})))
    for candidate in found.candidates:
        assert not candidate.refused
        assert check_schema(candidate.tool.parameters or {}) is None


def test_a_broken_definition_costs_only_itself() -> None:
    schemas = {
        "A": {"type": "object", "properties": {"n": {"type": "string", "minLength": "x"}}},
        "B": {"type": "integer"},
    }
    fields = {"a": {"$ref": "#/components/schemas/A"}, "b": {"$ref": "#/components/schemas/B"}}
    found = one(document(paths={"/a": {"post": body({"properties": fields})}}, components={"schemas": schemas}))
    assert (found.tool.parameters or {})["$defs"] == {"A": {}, "B": {"type": "integer"}}
    assert any("broken" in change.message for change in found.changes)


def test_swagger_2() -> None:
    found = one(
        {
            "swagger": "2.0",
            "host": "x.io",
            "basePath": "/v2",
            "schemes": ["https"],
            "consumes": ["application/json"],
            "securityDefinitions": {"k": {"type": "apiKey", "in": "query", "name": "key"}},
            "security": [{"k": []}],
            "paths": {
                "/a/{id}": {
                    "post": {
                        "parameters": [
                            {"name": "id", "in": "path", "required": True, "type": "string"},
                            {"name": "ids", "in": "query", "type": "array", "items": {"type": "integer"}},
                            {"name": "in", "in": "body", "required": True, "schema": {"$ref": "#/definitions/A"}},
                        ],
                        "responses": {"200": {"schema": {"$ref": "#/definitions/A"}}},
                    }
                }
            },
            "definitions": {"A": {"type": "object", "properties": {"x": {"type": "string", "x-nullable": True}}}},
        }
    )
    assert (found.tool.parameters or {})["properties"] == {
        "id": {"type": "string"},
        "ids": {"type": "array", "items": {"type": "integer"}},
        "x": {"type": ["string", "null"]},
    }
    assert found.tool.output_schema == {
        "$ref": "#/$defs/A",
        "$defs": {"A": {"type": "object", "properties": {"x": {"type": ["string", "null"]}}}},
    }
    assert found.tool.origin is not None and found.tool.origin.http is not None
    assert found.tool.origin.http.url == "https://x.io/v2/a/{id}?key={{K}}"


def test_yaml_is_read_as_json_means_it() -> None:
    schema = "{type: string, enum: [no, yes, 2024-01-01]}"
    found = read(
        "openapi: 3.1.0\ninfo: {title: T}\npaths:\n  /a:\n    get:\n"
        f"      parameters:\n      - {{name: q, in: query, schema: {schema}}}\n"
    )
    assert found.kind == "openapi"
    assert (found.candidates[0].tool.parameters or {})["properties"]["q"]["enum"] == ["no", "yes", "2024-01-01"]


@pytest.mark.slow
@pytest.mark.parametrize("path", OPENAPI, ids=lambda path: path.stem)
def test_every_operation_of_the_real_documents_has_valid_schemas(path: Path) -> None:
    found = read(path.read_bytes(), path.name)
    real = json.loads(path.read_text(encoding="utf-8"))
    methods = ("get", "put", "post", "delete", "options", "head", "patch")
    assert len(found.candidates) == sum(method in methods for item in real["paths"].values() for method in item)
    for candidate in found.candidates:
        assert not candidate.refused
        for schema in (candidate.tool.parameters, candidate.tool.output_schema):
            assert schema is None or check_schema(schema) is None
    assert len({candidate.tool.name for candidate in found.candidates}) == len(found.candidates)


@pytest.mark.slow
def test_three_megabytes_are_read_whole() -> None:
    real = json.loads(next(path for path in OPENAPI if path.stem == "box").read_text(encoding="utf-8"))
    paths = {f"/{n}{path}": item for n in range(5) for path, item in real["paths"].items()}
    text = json.dumps({**real, "paths": paths})
    assert len(text) > 3_000_000
    found = read(text)
    assert len(found.candidates) == 5 * 296


def test_no_operations_is_a_problem_in_words() -> None:
    with pytest.raises(ImportProblem, match="no operations"):
        read(json.dumps(document(paths={})))


def test_schemas_that_would_be_checked_for_ever_are_refused() -> None:
    schemas: dict[str, Any] = {
        f"S{n}": {"allOf": [{"$ref": f"#/components/schemas/S{n + 1}"}, {"$ref": f"#/components/schemas/S{n + 1}"}]}
        for n in range(40)
    }
    fields = {"a": {"$ref": "#/components/schemas/S0"}}
    found = read(
        json.dumps(document(paths={"/a": {"post": body({"properties": fields})}}, components={"schemas": schemas}))
    )
    assert found.candidates[0].refused


def test_a_fragment_that_tells_variants_apart_is_not_part_of_the_address() -> None:
    found = one(document(paths={"/a#variant": {"get": {}}}))
    assert found.tool.origin is not None and found.tool.origin.http is not None
    assert found.tool.origin.http.url == "https://x.io/v1/a"


KEY = "sk-proj-abcdefgh12345678"


def http_url(found: Candidate) -> str:
    assert found.tool.origin is not None and found.tool.origin.http is not None
    return found.tool.origin.http.url


@pytest.mark.parametrize(
    ("server", "url"),
    [
        (f"https://user:S3cr3tValue99@x.io/v?key={KEY}#S3cr3t", "https://x.io/v/a?key={{KEY}}&k={{K}}"),
        ("https://x.io/v/?version=2&token=S3cr3t", "https://x.io/v/a?version=2&token={{TOKEN}}&k={{K}}"),
        (f"https://x.io/{KEY}/v", "https://x.io/{{PATH_SECRET}}/v/a?k={{K}}"),
        (f"https://x.io/v?{KEY}", "https://x.io/v/a?{{QUERY_SECRET}}&k={{K}}"),
        ("//bob:S3cr3t@x.io:{port}/v", "//x.io:8443/v/a?k={{K}}"),
        ("https://x.io/{token}/v", "https://x.io/{{TOKEN}}/v/a?k={{K}}"),
        (f"https://[{KEY}/v", "/a?k={{K}}"),
        ("https://bob:S3cr3t/more@x.io/v", "/a?k={{K}}"),
    ],
)
def test_no_secret_of_a_server_is_kept_and_the_path_stands_before_the_query(server: str, url: str) -> None:
    variables = {"port": {"default": "8443"}, "token": {"default": "S3cr3t"}}
    found = one(
        document(
            servers=[{"url": server, "variables": variables}],
            paths={"/a": {"get": {}}},
            security=[{"k": []}],
            components={"securitySchemes": {"k": {"type": "apiKey", "in": "query", "name": "k"}}},
        )
    )
    assert http_url(found) == url
    kept = str(to_json(found.tool)) + str(found.changes)
    assert "S3cr3t" not in kept and KEY not in kept
    assert found.changes or "{token}" in server or "8443" in url


def test_no_secret_of_a_path_is_kept_in_a_name_either() -> None:
    found = one(document(paths={f"/a?token={KEY}": {"get": {}}}))
    assert http_url(found) == "https://x.io/v1/a?token={{TOKEN}}"
    assert KEY not in str(to_json(found.tool)) + str(found)


def test_a_long_id_in_the_path_of_an_operation_stays() -> None:
    path = "/metadata/enterprise/securityClassification-6VMVochwUWo"
    assert http_url(one(document(paths={path: {"get": {}}}))) == f"https://x.io/v1{path}"
    assert http_url(one(document(paths={f"/{KEY}/a": {"get": {}}}))) == "https://x.io/v1/{{PATH_SECRET}}/a"


def test_no_secret_of_a_swagger_host_is_kept() -> None:
    paths = {"/a": {"get": {}}}
    found = one({"swagger": "2.0", "host": "bob:S3cr3t@x.io", "basePath": "/v2/", "paths": paths})
    assert http_url(found) == "https://x.io/v2/a"


def test_defaults_and_examples_that_are_secrets_are_left_out_and_said() -> None:
    fields = {
        "password": {"type": "string", "example": "S3cr3t"},
        "api_keys": {"type": "array", "items": {"type": "string", "examples": ["S3cr3t"]}},
        "note": {"type": "string", "default": f"use {KEY}"},
        "auth_type": {"enum": ["basic", "bearer"], "default": "basic"},
        "token_expires_in": {"type": "integer", "default": 60},
        "city": {"type": "string", "example": "Rome", "default": "2024-01-01T00:00:00.000Z"},
        "key": {"$ref": "#/components/schemas/ApiKey"},
        "more": {"type": "object", "example": {"login": {"secret": "S3cr3t"}}},
    }
    parameters = [
        {"name": "X-Api-Key", "in": "header", "schema": {"type": "string", "default": KEY}},
        {"name": "token", "in": "query", "example": "S3cr3t", "schema": {"type": "string", "default": "S3cr3t"}},
        {"name": "sid", "in": "query", "examples": {"a": {"value": "S3cr3t"}}, "schema": {"type": "string"}},
        {"name": "page", "in": "query", "example": 3, "schema": {"type": "integer", "default": 1}},
    ]
    found = one(
        document(
            paths={"/a": {"post": {"parameters": parameters, **body({"properties": fields})}}},
            components={"schemas": {"ApiKey": {"type": "string", "example": "S3cr3t"}}},
        )
    )
    assert "S3cr3t" not in str(to_json(found.tool)) and KEY not in str(to_json(found.tool))
    properties = (found.tool.parameters or {})["properties"]
    assert properties["page"] == {"type": "integer", "default": 1, "examples": [3]}
    assert properties["city"] == {"type": "string", "examples": ["Rome"], "default": "2024-01-01T00:00:00.000Z"}
    assert (properties["auth_type"]["default"], properties["token_expires_in"]["default"]) == ("basic", 60)
    said = [one.path for one in found.changes if "looks like a secret" in one.message]
    assert "/parameters/properties/X-Api-Key/default" in said
    assert "/parameters/properties/token/examples" in said
    assert "/parameters/properties/password/examples" in said
    assert "/parameters/$defs/ApiKey/examples" in said
