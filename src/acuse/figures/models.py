"""The rows that figures add up: a cache of what follows from the facts, which `acuse figures --rebuild` makes anew.

Cases, calls, organisations and members are plain identifiers, as in the facts.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from uuid6 import uuid7


class Case(models.Model):
    """A case; see `acuse.figures.rules.rows.Case`."""

    ticket = models.UUIDField(primary_key=True)
    organisation = models.UUIDField()
    number = models.IntegerField()
    key = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    channel = models.CharField(max_length=16)
    mailbox = models.UUIDField(null=True)
    type = models.CharField(max_length=16)
    assignee = models.UUIDField(null=True)
    first_answer_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    turns = ArrayField(models.DateTimeField(), default=list)

    class Meta:
        db_table = "figures_cases"
        indexes = (models.Index(fields=("organisation", "opened_at", "ticket"), name="figures_cases_by_time"),)


class Event(models.Model):
    """Something that a figure counts; see `acuse.figures.rules.rows.Event`."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.UUIDField()
    subject = models.UUIDField()
    ticket = models.UUIDField(null=True)
    kind = models.CharField(max_length=16)
    at = models.DateTimeField()
    label = models.CharField(max_length=300, blank=True)
    channel = models.CharField(max_length=16)
    mailbox = models.UUIDField(null=True)
    member = models.UUIDField(null=True)
    seconds = models.BigIntegerField(null=True)

    class Meta:
        db_table = "figures_events"
        indexes = (
            # All that is added up, so that adding up reads the index alone.
            models.Index(
                fields=("organisation", "at"),
                include=("kind", "label", "seconds", "channel", "mailbox", "member"),
                name="figures_events_by_time",
            ),
            models.Index(fields=("organisation", "kind", "at", "id"), name="figures_events_by_kind"),
            models.Index(fields=("subject",), name="figures_events_by_subject"),
        )


class Team(models.Model):
    """A team as its last fact says it."""

    team = models.UUIDField(primary_key=True)
    organisation = models.UUIDField()
    name = models.CharField(max_length=60)
    members = ArrayField(models.UUIDField(), default=list)

    class Meta:
        db_table = "figures_teams"
        indexes = (models.Index(fields=("organisation", "name"), name="figures_teams_by_name"),)


class Check(models.Model):
    """A comparison of what the page shows with what the ledger says, asked for by a member.

    `question` is what was asked, `position` up to where the ledger was read; `differs` names the figures that differ,
    as `[path, shown, derived]`. `reason` says why it could not be done.
    """

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting"
        EQUAL = "equal"
        DIFFERENT = "different"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.UUIDField()
    member = models.UUIDField()
    question = models.JSONField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    position = models.BigIntegerField(null=True)
    facts = models.BigIntegerField(default=0)
    differs = models.JSONField(default=list)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "figures_checks"
        indexes = (
            models.Index(fields=("asked_at",), name="figures_checks_waiting", condition=models.Q(state="waiting")),
            models.Index(fields=("organisation", "-asked_at"), name="figures_checks_by_time"),
        )
