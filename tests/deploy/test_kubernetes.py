"""deploy/kubernetes: what can be shown without a cluster."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from crawler.exits import Exit

FILE = Path(__file__).parents[2] / "deploy" / "kubernetes" / "schedule.yaml"


@pytest.fixture(scope="module")
def documents():
    """By kind."""
    return {one["kind"]: one for one in yaml.safe_load_all(FILE.read_text(encoding="utf-8"))}


@pytest.fixture
def pod(documents):
    """The pod of the job."""
    return documents["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def test_one_look_at_a_time_and_the_command_is_ours(documents, pod, caifeng_words):
    """No second job beside a round that takes days; what is run is a command there is."""
    spec = documents["CronJob"]["spec"]
    assert spec["concurrencyPolicy"] == "Forbid"
    assert "activeDeadlineSeconds" not in spec["jobTemplate"]["spec"]
    assert pod["containers"][0]["args"] == ["caifeng", *caifeng_words]


@pytest.fixture
def caifeng_words():
    """Words that the command knows."""
    from console.cli.app import command

    run = command("schedule").commands["run"]
    assert any("--once" in one.opts for one in run.params)
    return ["schedule", "run", "--once"]


def test_what_passes_by_itself_is_tried_again_and_the_rest_is_not(documents):
    """Of the closed set of codes: 1, 5 and 11 are tried again; 10 ends the job, and the next look goes on."""
    job = documents["CronJob"]["spec"]["jobTemplate"]["spec"]
    (rule,) = [one["onExitCodes"] for one in job["podFailurePolicy"]["rules"] if "onExitCodes" in one]
    assert set(rule["values"]) == {int(code) for code in Exit} - {Exit.OK, Exit.INTERNAL, Exit.SERVICES, Exit.DISK}


def test_it_drains_and_does_not_run_as_root(documents, pod):
    """More time than a drain takes; a user of its own, no rights beyond; its volume is claimed beside it."""
    assert pod["terminationGracePeriodSeconds"] > 90
    assert pod["securityContext"]["runAsNonRoot"] is True
    (container,) = pod["containers"]
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    claim = documents["PersistentVolumeClaim"]["metadata"]["name"]
    assert any(one.get("persistentVolumeClaim", {}).get("claimName") == claim for one in pod["volumes"])
