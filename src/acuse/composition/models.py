"""Templates with their versions, and snippets. A version is never changed; what it says lies in custody too."""

from django.db import models
from django.db.models import Q
from uuid6 import uuid7

_LANGUAGES = (("es", "Español"), ("en", "English"))


class Template(models.Model):
    """A text of the organisation's own, for one use; its versions say what it is in each language."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    use = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "composition_templates"
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "use", "name"),
                name="one_template_per_name",
                condition=Q(archived_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return self.name


class TemplateVersion(models.Model):
    """What a template says in one language from `published_at` on, until its next version in that language."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="versions")
    language = models.CharField(max_length=5, choices=_LANGUAGES)
    number = models.IntegerField()
    subject = models.TextField()
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.UUIDField()

    class Meta:
        db_table = "composition_versions"
        constraints = (
            models.UniqueConstraint(fields=("template", "language", "number"), name="one_template_version_per_number"),
        )

    def __str__(self) -> str:
        return f"{self.template_id} {self.language} {self.number}"


class Snippet(models.Model):
    """A piece of text that members insert into replies by its shortcut."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    shortcut = models.CharField(max_length=32)
    language = models.CharField(max_length=5, choices=_LANGUAGES)
    body = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "composition_snippets"
        constraints = (
            models.UniqueConstraint(fields=("organisation", "language", "shortcut"), name="one_snippet_per_shortcut"),
        )

    def __str__(self) -> str:
        return self.shortcut
