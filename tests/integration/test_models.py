"""The tables: evidence stands alone, nothing points up or sideways, and every change of a model has its migration."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from acuse.embedded.roles import Addresses

#: Our applications from the lowest; a foreign key may point to the same application or to a lower one named here.
ALLOWED: dict[str, frozenset[str]] = {
    "evidence": frozenset(),
    "accounts": frozenset(),
    "certificates": frozenset({"accounts"}),
    "reception": frozenset({"accounts"}),
    "calendars": frozenset({"accounts"}),
    "contacts": frozenset({"accounts"}),
    "composition": frozenset({"accounts"}),
    "figures": frozenset(),
    "delivery": frozenset({"accounts"}),
    "helpdesk": frozenset({"accounts", "contacts"}),
    "api": frozenset(),
    "console": frozenset(),
    "portal": frozenset(),
    "ui": frozenset(),
}
#: Permissions of Django's own users, by `PermissionsMixin`.
FRAMEWORK = frozenset({("accounts", "auth")})


def relations() -> list[tuple[str, str, str]]:
    """(from application, to application, field) of every relation in our models."""
    found = []
    for config in apps.get_app_configs():
        if not config.name.startswith("acuse."):
            continue
        for model in config.get_models(include_auto_created=True):
            for each in model._meta.get_fields(include_hidden=True):
                forward = getattr(each, "remote_field", None) is not None and not each.auto_created
                if forward and isinstance(each, models.ForeignKey | models.OneToOneField | models.ManyToManyField):
                    target = each.related_model
                    assert isinstance(target, type)
                    found.append((config.label, target._meta.app_label, f"{model.__name__}.{each.name}"))
    return found


def test_every_application_of_ours_has_its_place() -> None:
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("acuse.")}
    assert ours == ALLOWED.keys()


def test_no_relation_points_up_or_sideways() -> None:
    found = relations()
    assert len(found) > 10
    wrong = [
        f"{source} -> {target}: {name}"
        for source, target, name in found
        if source != target and target not in ALLOWED[source] and (source, target) not in FRAMEWORK
    ]
    assert wrong == []


def test_evidence_has_no_relation_at_all() -> None:
    """Nothing outside can cascade into evidence, and evidence outlives whatever it speaks of."""
    assert [each for each in relations() if "evidence" in each[:2]] == []


@pytest.mark.parametrize("label", ["evidence", "accounts", "certificates", "delivery"])
def test_no_deletion_cascades_out_of_an_organisation_with_mail(label: str) -> None:
    """What was certified for an organisation keeps the organisation from being deleted."""
    for model in apps.get_app_config(label).get_models():
        for each in model._meta.get_fields():
            if isinstance(each, models.ForeignKey) and each.name == "organisation" and label != "accounts":
                assert each.remote_field.on_delete is models.PROTECT, f"{model.__name__}.{each.name}"


def test_every_change_of_a_model_has_its_migration(database: Addresses) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_django_finds_nothing_to_complain_about(database: Addresses) -> None:
    call_command("check", fail_level="WARNING", databases=["default"])
