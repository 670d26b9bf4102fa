"""Plain forms in our look: each control gets its class, its described-by and its invalid mark here, once."""

from django import forms

CLASSES = {
    "select": "select",
    "checkbox": "checkbox",
    "textarea": "textarea",
    "clearablefile": "file-input",
    "file": "file-input",
}


def dress(field: forms.BoundField) -> None:
    """Give one control its class, as the widget's type asks."""
    widget = field.field.widget
    kind = type(widget).__name__.lower().removesuffix("input")
    widget.attrs.setdefault("class", CLASSES.get(kind, "input"))


class StyledForm(forms.Form):
    """A form whose controls carry the classes of the shared parts.

    Attributes:
        ids: what the identifiers of its controls begin with; forms of one page differ in it.
    """

    ids = "id"
    required_css_class = "required"

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("auto_id", f"{self.ids}_%s")
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name in self.fields:
            dress(self[name])
