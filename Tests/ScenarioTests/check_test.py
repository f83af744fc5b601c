"""`weir check`: what is wrong with manifests, for people and for programs."""

import json
import os
import pty
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from support.server import ROOT, binary

ARTICLE = ROOT / "Examples/article"
QUICKSTART = ROOT / "Examples/quickstart"

GATEWAY = """
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: web, namespace: shop}
spec:
  gatewayClassName: weir
  listeners: [{name: http, port: 80, protocol: HTTP}]
---
apiVersion: v1
kind: Service
metadata: {name: app, namespace: shop}
spec: {ports: [{port: 80}]}
---
"""

ROUTE = """
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: route, namespace: shop}
spec:
  parentRefs: [{name: web}]
  rules:
    - matches: [{path: {value: /a}}]
      backendRefs: [{name: app, port: 80}]
"""

WARNING = ROUTE + "    - matches: [{path: {value: /b}}]\n"


def check(*arguments: str | Path, stdin: str = "", cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(binary()), "check", *map(str, arguments)], input=stdin, capture_output=True, text=True, cwd=cwd, timeout=30
    )


def diagnostics(*arguments: str | Path, **keywords) -> list[dict]:
    return json.loads(check("-o", "json", *arguments, **keywords).stdout)


def codes(entries: list[dict]) -> list[str]:
    return [entry["code"] for entry in entries]


# Exit codes.


def test_the_quickstart_is_clean() -> None:
    result = check("-f", QUICKSTART, "--strict")
    assert (result.returncode, result.stderr) == (0, "")
    assert re.fullmatch(r"No problems in \d+ objects in \d+ files\.\n", result.stdout)


def test_warnings_fail_only_if_asked() -> None:
    assert check("-f", "-", stdin=GATEWAY + WARNING).returncode == 0
    assert check("-f", "-", "--strict", stdin=GATEWAY + WARNING).returncode == 1


def test_errors_fail() -> None:
    assert check("-f", "-", stdin=ROUTE).returncode == 1


@pytest.mark.parametrize(
    "arguments", [[], ["-f"], ["-f", ".", "-o", "xml"], ["--colour"], ["--explain", "WR9999"], ["--explain", "nonsense"]]
)
def test_a_wrong_command_line_is_2(arguments: list[str]) -> None:
    result = check(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert "Usage: weir check" in result.stderr


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    result = check("-f", tmp_path / "none.yaml")
    assert result.returncode == 1
    assert "none.yaml:1:1: error[WR1001]: The file cannot be read: No such file or directory." in result.stdout


# The article.


def test_each_mistake_of_the_migrated_manifest_is_named() -> None:
    entries = diagnostics("-f", ARTICLE / "09-migration-after-gateway.yaml")
    places = {(entry["code"], entry["path"]) for entry in entries if entry["object"] == "HTTPRoute my-app/my-app"}
    # A rule without backends, a filter in a rule of its own, and backends that belong to neither.
    assert ("WR3001", "spec.rules[0]") in places
    assert ("WR3002", "spec.rules[1].filters") in places
    assert ("WR3003", "spec.rules[2].backendRefs") in places
    # What follows: the last rule is never reached.
    assert ("WR3010", "spec.rules[2]") in places


def test_the_grant_of_the_article_points_the_wrong_way() -> None:
    [grant] = [entry for entry in diagnostics("-f", ARTICLE) if entry["object"].startswith("ReferenceGrant")]
    assert (grant["code"], grant["severity"], Path(grant["file"]).name) == (
        "WR3041", "warning", "04-referencegrant.yaml",
    )
    assert "parentRefs need no grant" in grant["message"]


def test_a_route_that_no_listener_admits_is_told_the_label() -> None:
    messages = [
        entry["message"] + entry["help"]
        for entry in diagnostics("-f", ARTICLE)
        if entry["object"] == "HTTPRoute my-app/api-route" and entry["path"] == "spec.parentRefs[0]"
    ]
    assert any("Give namespace my-app the label gateway-access=allowed." in message for message in messages)


# Text.


def test_text_shows_the_place_with_an_excerpt(tmp_path: Path) -> None:
    (tmp_path / "route.yaml").write_text(GATEWAY + WARNING)
    output = check("-f", "route.yaml", cwd=tmp_path).stdout
    line = (GATEWAY + WARNING).splitlines().index("    - matches: [{path: {value: /b}}]") + 1
    assert output == (
        f"route.yaml:{line}:7: warning[WR3001]: rules[1] has no backendRefs and no redirect: "
        "every request that it takes is answered with 500.\n"
        "  --> HTTPRoute shop/route, spec.rules[1]\n"
        f"{line} |     - matches: [{{path: {{value: /b}}}}]\n"
        "   |       ^~~~~~~\n"
        "   = help: Add backendRefs, or a RequestRedirect filter.\n"
        "\n"
        "1 warning in 3 objects in 1 file.\n"
    )


def test_colours_are_only_for_terminals(tmp_path: Path) -> None:
    (tmp_path / "route.yaml").write_text(WARNING)
    command = [str(binary()), "check", "-f", str(tmp_path)]
    assert "\x1b" not in subprocess.run(command, capture_output=True, text=True).stdout
    assert "\x1b[1;33mwarning[WR3001]" in on_terminal(command, {"TERM": "xterm"})
    assert "\x1b" not in on_terminal(command, {"TERM": "xterm", "NO_COLOR": "1"})


def on_terminal(command: list[str], environment: dict[str, str]) -> str:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stdout=theirs, env={"PATH": os.environ["PATH"], **environment})
    os.close(theirs)
    output = b""
    try:
        while chunk := os.read(ours, 4096):
            output += chunk
    except OSError:
        pass  # The other side is closed.
    process.wait(timeout=30)
    os.close(ours)
    return output.decode()


def test_values_of_secrets_are_not_shown(tmp_path: Path) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n"
    (tmp_path / "a.yaml").write_text(secret + "data:\n  password: hunter2!\n")
    (tmp_path / "b.yaml").write_text(secret + 'stringData:\n  password: "hunter2\n')
    (tmp_path / "c.yaml").write_text(secret + "stringData:\n  hunter2: [hunter2]\n  token: 5\nhunter2: x\n")
    for output in ("text", "json", "sarif"):
        result = check("-f", tmp_path, "-o", output)
        assert result.returncode == 1
        assert "hunter2" not in (result.stdout + result.stderr).replace("stringData[hunter2]", "")
        assert "WR1010" in result.stdout and "WR1009" in result.stdout and "WR1002" in result.stdout


def test_explain_prints_the_paragraph() -> None:
    result = check("--explain", "WR3023")
    assert result.returncode == 0
    assert result.stdout.startswith("WR3023: Redirect loop\n\n")


# Input.


def test_standard_input_is_read() -> None:
    [entry] = diagnostics("-f", "-", stdin=GATEWAY + WARNING)
    assert (entry["file"], entry["code"]) == ("<stdin>", "WR3001")


def test_several_paths_are_one_set(tmp_path: Path) -> None:
    (tmp_path / "gateway.yaml").write_text(GATEWAY)
    assert diagnostics("-f", tmp_path, "-f", "-", stdin=ROUTE) == []


def test_json_manifests_are_read() -> None:
    route = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "a"}, "spec": {"x": 1}}
    assert "WR1007" in codes(diagnostics("-f", "-", stdin=json.dumps(route)))


def test_other_kinds_are_noted_and_do_not_fail() -> None:
    manifest = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n"
    [entry] = diagnostics("-f", "-", stdin=manifest)
    assert (entry["code"], entry["severity"]) == ("WR1013", "note")
    assert check("-f", "-", "--strict", stdin=manifest).returncode == 0


# Output for programs.


def test_json_has_what_is_promised() -> None:
    entries = diagnostics("-f", ARTICLE)
    assert len(entries) > 10
    for entry in entries:
        assert {"file", "line", "column", "severity", "code", "message", "help", "object"} <= entry.keys()
        assert entry["line"] >= 1 and entry["column"] >= 1
        assert entry["severity"] in ("error", "warning", "note")
        assert re.fullmatch(r"WR\d{4}", entry["code"])
        assert Path(ROOT / entry["file"]).is_file()
    assert [(e["file"], e["line"], e["column"]) for e in entries] == sorted(
        (e["file"], e["line"], e["column"]) for e in entries
    )


def test_clean_json_is_an_empty_array() -> None:
    assert diagnostics("-f", QUICKSTART) == []


def test_sarif_has_the_structure_of_2_1_0() -> None:
    log = json.loads(check("-f", "Examples/article", "-o", "sarif").stdout)
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-2.1.0.json")
    [run] = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] and re.fullmatch(r"\d+\.\d+\.\d+", driver["semanticVersion"])
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    rules = driver["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        for text in ("shortDescription", "fullDescription", "help"):
            assert rule[text]["text"].strip()
    assert len(run["results"]) == len(diagnostics("-f", "Examples/article"))
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note", "none")
        assert result["message"]["text"].strip()
        [location] = result["locations"]
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        parts = urlsplit(uri)
        assert (parts.scheme, parts.netloc) == ("", "") and (ROOT / uri).is_file()
        region = location["physicalLocation"]["region"]
        assert region["startLine"] >= 1 and region["endColumn"] > region["startColumn"] >= 1
        lines = (ROOT / uri).read_text().splitlines()
        assert region["endColumn"] <= len(lines[region["startLine"] - 1]) + 2


def test_sarif_names_files_as_code_scanning_wants_them(tmp_path: Path) -> None:
    shutil.copy(ARTICLE / "09-migration-after-gateway.yaml", tmp_path / "with space.yaml")

    def uris(path: str | Path) -> set[str]:
        [run] = json.loads(check("-f", path, "-o", "sarif", cwd=tmp_path).stdout)["runs"]
        return {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]}

    assert uris("./with space.yaml") == {"with%20space.yaml"}
    assert uris(tmp_path / "with space.yaml") == {"with%20space.yaml"}
    assert uris(ARTICLE / "09-migration-after-gateway.yaml") == {f"file://{ARTICLE}/09-migration-after-gateway.yaml"}
