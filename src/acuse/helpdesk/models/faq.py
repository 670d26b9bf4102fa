"""Frequent questions: sections, answers and their versions in each language."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from uuid6 import uuid7


class Section(models.Model):
    """A part of the frequent questions."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    title_es = models.CharField(max_length=120, blank=True)
    title_en = models.CharField(max_length=120, blank=True)
    position = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "helpdesk_faq_sections"
        indexes = (models.Index(fields=("organisation", "position"), name="faq_sections_in_order"),)


class Article(models.Model):
    """A frequent question with its answer, in one or two languages.

    `review_by_date`: when somebody has to look whether it is still right.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    section = models.ForeignKey("helpdesk.Section", on_delete=models.PROTECT, related_name="articles")
    position = models.SmallIntegerField(default=0)
    review_by_date = models.DateField(null=True)
    reminded_at = models.DateTimeField(null=True)
    helped = models.IntegerField(default=0)
    helped_not = models.IntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "helpdesk_faq_articles"
        indexes = (
            models.Index(fields=("section", "position"), name="faq_articles_in_order"),
            models.Index(
                fields=("organisation", "review_by_date"),
                name="faq_articles_to_review",
                condition=Q(withdrawn_at__isnull=True),
            ),
        )


class ArticleVersion(models.Model):
    """One version of an answer in one language; `current` is the one that the public reads, 0 a draft's number.

    `search` is kept by the writer: its configuration depends on the language.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    article = models.ForeignKey("helpdesk.Article", on_delete=models.CASCADE, related_name="versions")
    language = models.CharField(max_length=5)
    number = models.IntegerField()
    question = models.CharField(max_length=300)
    answer = models.TextField()
    current = models.BooleanField(default=False)
    sha256 = models.CharField(max_length=64, blank=True)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    search = SearchVectorField(null=True)

    class Meta:
        db_table = "helpdesk_faq_versions"
        constraints = (
            models.UniqueConstraint(fields=("article", "language", "number"), name="one_faq_version_per_number"),
            models.UniqueConstraint(
                fields=("article", "language"), name="one_current_faq_version", condition=Q(current=True)
            ),
        )
        indexes = (GinIndex(fields=("search",), name="faq_search", condition=Q(current=True)),)
