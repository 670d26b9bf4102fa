"""Groups of members whose work is looked at together."""

from django.db import models
from uuid6 import uuid7


class Team(models.Model):
    """A group of members, by whom lists, the board and figures are told apart."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    name = models.CharField(max_length=60)
    members = models.ManyToManyField("accounts.Membership", db_table="helpdesk_team_members", related_name="+")

    class Meta:
        db_table = "helpdesk_teams"
        constraints = (models.UniqueConstraint(fields=("organisation", "name"), name="one_team_per_name"),)
