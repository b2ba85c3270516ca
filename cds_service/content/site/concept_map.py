"""FHIR ConceptMap as a site writes it, R4 or R5; only the members that are read."""

import msgspec

PROPERTIES = "https://legpain-cds.github.io/fhir/site-map/"


class Coding(msgspec.Struct):
    """FHIR Coding."""

    system: str = ""
    code: str = ""


class Attribute(msgspec.Struct, rename="camel"):
    """`dependsOn` and `product`: R4 has `property` and `value`, R5 `attribute` and `value[x]`."""

    uri: str = msgspec.field(name="property", default="")
    attribute: str = ""
    system: str = ""
    value: str | None = None
    value_string: str | None = None
    value_code: str | None = None
    value_coding: Coding | None = None

    @property
    def name(self) -> str:
        """The short name, for example `answer`; another project's property stays whole."""
        return self.uri.removeprefix(PROPERTIES) or self.attribute

    @property
    def said(self) -> Coding:
        """The value; without a system it is a word or a code of the mapped system."""
        if self.value_coding is not None:
            return self.value_coding
        word = self.value or self.value_code or self.value_string or ""
        return Coding(self.system.strip(), word.strip())


class Target(msgspec.Struct, rename="camel"):
    """`element.target`."""

    code: str = ""
    equivalence: str = ""
    relationship: str = ""
    depends_on: list[Attribute] = []
    product: list[Attribute] = []


class Element(msgspec.Struct, rename="camel"):
    """`group.element`; `no_map` is R5's word for a code without a counterpart."""

    code: str = ""
    target: list[Target] = []
    no_map: bool = False


class Group(msgspec.Struct):
    """`ConceptMap.group`; elements are decoded one by one, so that each slip names its row."""

    source: str = ""
    target: str = ""
    element: list[msgspec.Raw] = []


class ConceptMap(msgspec.Struct, rename="camel"):
    """One file of `concept-maps/`."""

    resource_type: str = ""
    status: str = ""
    group: list[Group] = []


CONCEPT_MAP = msgspec.json.Decoder(ConceptMap)
ELEMENT = msgspec.json.Decoder(Element)
