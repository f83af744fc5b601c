"""`weir test`: routes have unit tests."""

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import yaml

from support.manifests import backend, gateway, path, redirect, request_headers, headers, route, rule, service
from support.server import ROOT, write
from explain_test import run

QUICKSTART = ROOT / "Examples/quickstart.test.yaml"


@pytest.fixture
def suite(tmp_path: Path):
    """Writes manifests and a suite beside them: `suite({"url": ...}, {"route": ...})`; returns the suite's path."""
    write(
        tmp_path / "manifests",
        "all.yaml",
        gateway(),
        service("a"),
        service("b"),
        route(
            "shop",
            rule(backend("a", 3), backend("b", 1)),
            rule("b", match=path("/b"), filters=request_headers(add=headers(X_Added="yes"))),
            rule(match=path("/old"), filters=redirect(hostname="new.test")),
            hostnames=["shop.test"],
        ),
    )

    def make(*tests: tuple[dict, dict], **more: object) -> Path:
        entries = [
            {"name": f"test <{number}> & more", "request": request, "expect": expect}
            for number, (request, expect) in enumerate(tests)
        ]
        file = tmp_path / "routes.test.yaml"
        file.write_text(yaml.safe_dump({"manifests": ["manifests"], "tests": entries} | more, sort_keys=False))
        return file

    return make


def test_the_quickstart_passes() -> None:
    done = run("test", QUICKSTART, code=0)
    assert done.stdout.endswith("all passed\n")
    assert done.stdout.count("  ok   ") == len(yaml.safe_load(QUICKSTART.read_text())["tests"])


def test_the_quickstart_would_fail_for_another_split(tmp_path: Path) -> None:
    for file in (ROOT / "Examples/quickstart").iterdir():
        (tmp_path / file.name).write_text(file.read_text().replace("weight: 90", "weight: 50"))
    text = QUICKSTART.read_text().replace("- quickstart\n", f"- {tmp_path}\n")
    copy = tmp_path.parent / "copy.test.yaml"
    copy.write_text(text)
    done = run("test", copy, code=1)
    assert "FAIL one checkout in ten goes to the canary" in done.stdout
    assert done.stdout.count("FAIL") == 1
    assert "- checkout-stable (90 %)" in done.stdout
    assert "+ shop/checkout-stable:8080 (83.3 %)" in done.stdout


def test_differences_are_shown_with_their_places(suite) -> None:
    file = suite(
        ({"url": "http://shop.test/"}, {"backend": "a", "rule": 0}),
        ({"url": "http://shop.test/b"}, {"requestHeaders": {"X-Added": "yes"}, "backend": "test/b:8080"}),
        ({"url": "http://shop.test/old"}, {"redirect": "http://new.test/old", "status": 301}),
        ({"url": "http://other.test/"}, {"status": 404}),
    )
    done = run("test", file, code=1)
    assert "4 tests, 2 passed, 2 failed" in done.stdout
    assert "         - a (100 %)\n         + test/a:8080 (75 %)\n         + test/b:8080 (25 %)\n" in done.stdout
    line = next(number for number, text in enumerate(file.read_text().splitlines(), 1) if "status: 301" in text)
    assert f"status ({file}:{line}:" in done.stdout


def test_junit_is_what_continuous_integration_reads(suite, tmp_path: Path) -> None:
    file = suite(
        ({"url": "http://shop.test/"}, {"backend": "a"}), ({"url": "http://shop.test/b"}, {"backend": "b"})
    )
    junit = tmp_path / "results.xml"
    run("test", file, "--junit", junit, code=1)
    root = ElementTree.parse(junit).getroot()
    assert (root.tag, root.get("tests"), root.get("failures")) == ("testsuites", "2", "1")
    (found,) = root.findall("testsuite")
    assert (found.get("name"), found.get("tests"), found.get("failures")) == (str(file), "2", "1")
    failed, passed = found.findall("testcase")
    assert failed.get("name") == "test <0> & more"
    failure = failed.find("failure")
    assert failure is not None and "backend" in failure.get("message", "")
    assert "+ test/a:8080 (75 %)" in (failure.text or "")
    assert list(passed) == []


def test_json_has_every_test(suite) -> None:
    file = suite(({"url": "http://shop.test/"}, {"backend": "a"}), ({"url": "http://shop.test/b"}, {"backend": "b"}))
    report = json.loads(run("test", file, "-o", "json", code=1).stdout)
    first, second = report["suites"][0]["tests"]
    assert [mismatch["field"] for mismatch in first["mismatches"]] == ["backend"]
    assert second["mismatches"] == []


def test_several_suites_and_more_manifests(suite, tmp_path: Path) -> None:
    file = suite(({"url": "http://more.test/"}, {"route": "more"}))
    run("test", file, code=1)
    write(tmp_path / "extra", "more.yaml", route("more", rule("a"), hostnames=["more.test"]))
    done = run("test", file, QUICKSTART, "-f", tmp_path / "extra", code=0)
    assert str(file) in done.stdout and str(QUICKSTART) in done.stdout


@pytest.mark.parametrize(
    "text, message",
    [
        ("tests: [", "routes.test.yaml:"),
        ("tests: []\nmanifests: [manifests]\n", "There is no test."),
        ("manifests: [manifests]\ntests: [{name: a, request: {url: a}, expect: {bakcend: b}}]", "Did you mean backend?"),
        ("manifests: [manifests]\ntests: [{name: a, request: {url: 'ftp://a'}, expect: {status: 404}}]", "http or https"),
        ("manifests: [nothing]\ntests: [{name: a, request: {url: a}, expect: {status: 404}}]", "No such file"),
        ("tests: [{name: a, request: {url: a}, expect: {status: 404}}]", "names no manifests"),
        ("manifests: [broken]\ntests: [{name: a, request: {url: a}, expect: {status: 404}}]", "bad.yaml:"),
    ],
)
def test_what_is_not_valid_is_exit_code_2(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path / "manifests", "all.yaml", gateway())
    write(tmp_path / "broken", "bad.yaml", gateway(), route("r", rule("a", match=path("no-slash"))))
    file = tmp_path / "routes.test.yaml"
    file.write_text(text)
    done = run("test", file, code=2)
    assert message in done.stderr
    assert done.stdout == ""


def test_a_missing_file_is_exit_code_2() -> None:
    assert "cannot be read" in run("test", "/nonexistent.test.yaml", code=2).stderr
