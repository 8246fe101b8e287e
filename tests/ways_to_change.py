"""Ways in which a publisher can change what people see on a page, and ways that change nothing.

Each is told by the markup before and after, in one place of a report's page. What the watch should
say of it stands beside it; what it cannot see is named by the words with which ``docs/reading.md``
names it among the known limits.
"""

from __future__ import annotations

from dataclasses import dataclass

LIMIT = "limit: "
PLACES = {
    "text": ('id="report-toc__exec-summary"', "</h2>"),
    "top": ("<body", ">"),
    "before heading": ("<h1", ""),
    "under heading": ("<h1", "</h1>"),
    "end": ("</body", ""),
    "behind the report": ('<div class="report__side', ""),
    "header": ("<header", ">"),
    "footer": ("<footer", ">"),
    "before the footer": ("<footer", ""),
    "head": ("</head", ""),
}
"""Where markup is put: before the first of the two, or behind the second that follows it."""

TEXT = (
    "Harbour masters counted late ferries in twelve harbours, and “some of them” sank. "
    "Nobody was charged."
)
P = f"<p>{TEXT}</p>"


@dataclass(frozen=True)
class Way:
    """One way to change a page; ``told`` is the kind of the change, ``""`` for none."""

    name: str
    before: str
    after: str
    told: str
    place: str = "text"

    def page(self, body: bytes, *, is_after: bool) -> bytes:
        """Return a report's page with the markup put in its place."""
        markup = (self.after if is_after else self.before).encode()
        first, behind = (each.encode() for each in PLACES[self.place])
        at = body.index(first)
        if behind:
            at = body.index(behind, at) + len(behind)
        return body[:at] + markup + body[at:]


def _word(name: str, new: str, told: str = "edited", old: str = "late ferries") -> Way:
    assert old in P
    return Way(name, P, P.replace(old, new), told)


def _more(name: str, before: str, after: str, told: str) -> Way:
    return Way(name, P + before, P + after, told)


def _styled(name: str, style: str, told: str = "edited") -> Way:
    return _word(name, f'<span style="{style}">late ferries</span>', told)


_EDITS = (
    _word("a word replaced", "late boats"),
    _word("a word added", "the late ferries"),
    _word("a word taken out", "ferries"),
    _word("a number changed", "thirteen", old="twelve"),
    _word("a negation taken out", "Somebody was charged.", old="Nobody was charged."),
    _word("a letter's mark", "laté ferries"),
    _word("a capital", "Late ferries"),
    _word("quotation marks taken away", "some of them", old="“some of them”"),
    _word("letters turned round by a mark of direction", "\u202elate\u202c ferries"),
    _word("a word hidden by its attribute", "<span hidden>late</span> ferries"),
    _word("a word struck (del)", "<del>late</del> ferries"),
    _word("a word struck (s)", "<s>late</s> ferries"),
    _word("a word struck (strike)", "<strike>late</strike> ferries"),
    Way("a word shown again", P.replace("late", "<span hidden>late</span>"), P, "edited"),
    _styled("hidden by display", "display:none"),
    _styled("hidden by visibility", "visibility: hidden"),
    _styled("struck by a style", "text-decoration:line-through"),
    _styled("letters of no size", "font-size:0"),
    _styled("moved off the screen", "position:absolute;left:-9999px"),
    _styled("white on white", "color:#fff;background:#fff"),
    _styled("seen through", "color:#fff0"),
    _styled("letters of no size in a shorthand", "font: bold 0/0 serif"),
    _styled("shrunk to nothing", "display:inline-block;scale:0"),
    _styled("moved away", "display:inline-block;translate:-9999px"),
    _styled("moved far to the right", "position:absolute;left:9000px"),
    _styled("turned on its edge", "display:inline-block;transform:rotateX(90deg)"),
    _styled("faded out", "filter: opacity(0%)"),
    _styled("clipped from one side", "display:inline-block;clip-path:inset(0 100% 0 0)"),
    _styled("clipped to a point", "display:inline-block;clip-path:polygon(0 0, 0 0, 0 0)"),
    _styled("lines of no height", "display:inline-block;line-height:0;overflow:hidden"),
    _styled(
        "pushed out of its box",
        "display:inline-block;width:50px;text-indent:100%;white-space:nowrap;overflow:hidden",
    ),
    _styled("hidden in capitals, with spaces", " ;; DISPLAY : NONE !IMPORTANT ; "),
    _styled("hidden by a style in escapes", "d\\69 splay:none"),
    _word("a word in a popover", '<span popover="manual">late</span> ferries'),
    Way("a paragraph added", P, f"{P}<p>Two lighthouses were lit.</p>", "edited"),
    Way("a paragraph taken out", f"{P}<p>Two lighthouses were lit.</p>", P, "edited"),
    Way(
        "paragraphs that change places",
        f"{P}<p>Two lighthouses were lit.</p>",
        f"<p>Two lighthouses were lit.</p>{P}",
        "edited",
    ),
    Way(
        "a paragraph in a closed box",
        f"{P}<p>Two lighthouses were lit.</p>",
        f"{P}<details><summary></summary><p>Two lighthouses were lit.</p></details>",
        "edited",
    ),
    _more("an item of a list", "<ul><li>ferries</li></ul>", "<ul><li>boats</li></ul>", "edited"),
    _more(
        "a cell of a table",
        "<table><tr><td>ferries</td><td>12</td></tr></table>",
        "<table><tr><td>ferries</td><td>13</td></tr></table>",
        "edited",
    ),
    _more(
        "a footnote's text",
        '<p id="fn1">1. Boatmen said so.</p>',
        '<p id="fn1">1. Boatmen denied it.</p>',
        "edited",
    ),
    _more(
        "the heading of a part",
        "<h4>On boats</h4><p>They sail.</p>",
        "<h4>On wrecks</h4><p>They sail.</p>",
        "noted",
    ),
    _more(
        "a caption", "<figcaption>Boats</figcaption>", "<figcaption>Wrecks</figcaption>", "edited"
    ),
    _more(
        "a quotation", "<blockquote>Sail!</blockquote>", "<blockquote>Sink!</blockquote>", "edited"
    ),
    _more("an errata note", "", "<p>Note: This report was updated on 3 May.</p>", "noted"),
)

_LINK = '<p>See <a href="https://a.example/annex">the annex</a> on boats.</p>'
_PICTURE = '<p>A map: <img src="/maps/harbours.png" alt="Map of harbours"></p>'
_TABLE = "<table><tr><td>ferries</td><td>12</td></tr><tr><td>boats</td><td>7</td></tr></table>"
_LIST = "<ol><li>Ferries</li><li>Boats</li></ol>"
_FRAME = '<iframe src="https://charts.example/boats"></iframe>'
_FORM = '<form><p>Boats only.</p><input type="text" value="boats" placeholder="Which?"></form>'
_APPEARANCES = (
    _more("a link's target", _LINK, _LINK.replace("a.example", "b.example"), "appearance"),
    _more("a link's path", _LINK, _LINK.replace("/annex", "/retracted"), "appearance"),
    _more("a link put on words", "<p>See the annex on boats.</p>", _LINK, "appearance"),
    _more("a link taken off words", _LINK, "<p>See the annex on boats.</p>", "appearance"),
    _more("a picture's address", _PICTURE, _PICTURE.replace("harbours.", "wrecks."), "appearance"),
    _more(
        "a picture's description",
        _PICTURE,
        _PICTURE.replace("Map of harbours", "Map of wrecks"),
        "appearance",
    ),
    _more(
        "a picture for dense screens",
        '<p>A map: <img src="/m/a.png" srcset="/m/a.png 1x, /m/b.png 2x" alt="Map"></p>',
        '<p>A map: <img src="/m/a.png" srcset="/m/a.png 1x, /m/c.png 2x" alt="Map"></p>',
        "appearance",
    ),
    _more(
        "a picture's source",
        '<picture><source srcset="/m/a.webp"><img src="/m/a.png" alt="Map"></picture>',
        '<picture><source srcset="/m/b.webp"><img src="/m/a.png" alt="Map"></picture>',
        "appearance",
    ),
    _more(
        "where a part of a picture leads",
        '<img src="/m/a.png" usemap="#m"><map name="m"><area href="/n/" alt="North"></map>',
        '<img src="/m/a.png" usemap="#m"><map name="m"><area href="/s/" alt="North"></map>',
        "appearance",
    ),
    _more("a picture added", "<p>A map: </p>", _PICTURE, "appearance"),
    _more("a picture taken out", _PICTURE, "<p>A map: </p>", "appearance"),
    _more("the rows of a table", _TABLE, _TABLE.replace("</tr><tr>", ""), "appearance"),
    _more(
        "a cell over two columns",
        _TABLE,
        _TABLE.replace("<td>ferries</td>", '<td colspan="2">ferries</td>'),
        "appearance",
    ),
    _more(
        "a cell that heads a column",
        _TABLE,
        _TABLE.replace("<td>ferries</td>", "<th>ferries</th>"),
        "appearance",
    ),
    _more("where a list begins", _LIST, _LIST.replace("<ol>", '<ol start="7">'), "appearance"),
    _more("a list without numbers", _LIST, _LIST.replace("ol>", "ul>"), "appearance"),
    _more("letters for numbers", _LIST, _LIST.replace("<ol>", '<ol type="a">'), "appearance"),
    _more("a list from minus three", _LIST, _LIST.replace("<ol>", '<ol start="-3">'), "appearance"),
    _more("an item's style", _LIST, _LIST.replace("<li>", '<li type="a">'), "appearance"),
    _more("a list counted down", _LIST, _LIST.replace("<ol>", "<ol reversed>"), "appearance"),
    _more("an exponent", "<p>12<sup>3</sup></p>", "<p>1<sup>23</sup></p>", "appearance"),
    _more("an exponent made plain", "<p>12<sup>3</sup></p>", "<p>123</p>", "appearance"),
    _more("an index", "<p>H<sub>2</sub>O</p>", "<p>H2<sub>O</sub></p>", "appearance"),
    _more("a frame's address", _FRAME, _FRAME.replace("boats", "wrecks"), "appearance"),
    _more("a frame added", "", _FRAME, "appearance"),
    _more(
        "a film's address",
        '<video src="/films/boats.mp4" controls></video>',
        '<video src="/films/wrecks.mp4" controls></video>',
        "appearance",
    ),
    _more(
        "a film's poster",
        '<video src="/films/boats.mp4" poster="/p/a.jpg" controls></video>',
        '<video src="/films/boats.mp4" poster="/p/b.jpg" controls></video>',
        "appearance",
    ),
    _more(
        "a page written into a frame",
        '<iframe srcdoc="Boats"></iframe>',
        '<iframe srcdoc="Wrecks"></iframe>',
        "appearance",
    ),
    _more(
        "a box that is ticked",
        '<p>Boats <input type="checkbox"></p>',
        '<p>Boats <input type="checkbox" checked></p>',
        "appearance",
    ),
    _more("words of a form", _FORM, _FORM.replace("Boats only", "Wrecks only"), "appearance"),
    _more(
        "what a field holds", _FORM, _FORM.replace('value="boats"', 'value="wrecks"'), "appearance"
    ),
    _more(
        "what is embedded",
        '<object data="/maps/boats.svg" width="200" height="100"></object>',
        '<object data="/maps/wrecks.svg" width="200" height="100"></object>',
        "appearance",
    ),
    _more("a button", "<button>Boats</button>", "<button>Corrected in May</button>", "appearance"),
    _more(
        "a text field", "<textarea>Boats</textarea>", "<textarea>Wrecks</textarea>", "appearance"
    ),
    _more(
        "words in a drawing",
        "<svg><text y='20'>Boats</text></svg>",
        "<svg><text y='20'>Wrecks</text></svg>",
        "appearance",
    ),
    _more(
        "a formula",
        "<math><mi>a</mi><mo>+</mo><mi>b</mi></math>",
        "<math><mi>a</mi><mo>-</mo><mi>b</mi></math>",
        "appearance",
    ),
)

WITHDRAWN = "<p>WITHDRAWN: this report is no longer valid.</p>"
_NOTICES = (
    *(
        Way(
            f"a notice: {place}", "", WITHDRAWN.replace("valid", f"valid ({place})"), "noted", place
        )
        for place in ("top", "before heading", "under heading", "before the footer", "end")
    ),
    *(
        Way(f"a notice in {name}", "", markup.format(f"Withdrawn: see {name}."), "noted", place)
        for name, markup, place in (
            ("the header", "<p>{}</p>", "header"),
            ("a section", "<section>{}</section>", "before heading"),
            ("a font", "<font color='red'>{}</font>", "top"),
            ("a table", "<table><tr><td>{}</td></tr></table>", "before heading"),
            ("a heading", "<h2>{}</h2>", "before heading"),
            ("a link", '<p><a href="/errata/">{}</a></p>', "before heading"),
            ("a button", "<button>{}</button>", "before heading"),
            ("a form", "<form><p>{}</p></form>", "before heading"),
            ("a drawing", "<svg><text y='20'>{}</text></svg>", "before heading"),
            ("loose words", "{}", "end"),
        )
    ),
    Way(
        "a notice that is a picture's alternative text",
        "",
        '<p><img src="/maps/seal.png" alt="Withdrawn by the bureau"></p>',
        "noted",
        "before heading",
    ),
    Way("a notice behind the text", "", WITHDRAWN, "edited", "behind the report"),
    Way("a notice that goes", WITHDRAWN, "", "noted", "before heading"),
    Way(
        "a notice worded anew",
        WITHDRAWN,
        WITHDRAWN.replace("no longer valid", "being corrected"),
        "noted",
        "before heading",
    ),
    Way(
        "a notice in a box",
        "",
        '<div class="alert alert--warning" role="alert"><h2>Superseded</h2>'
        "<p>A newer report replaces this one.</p></div>",
        "noted",
        "top",
    ),
    Way(
        "a notice in a window",
        "",
        "<dialog open><p>This report was corrected after its publication.</p></dialog>",
        "noted",
        "end",
    ),
    Way(
        "a notice aside",
        "",
        "<aside><p>The ministry disputes what this report says of harbours.</p></aside>",
        "noted",
        "before the footer",
    ),
)

_LIMITS = (
    Way(
        "words hidden by a style sheet",
        P.replace("late", '<span class="gone">late</span>'),
        "<style>.gone { display: none }</style>"
        + P.replace("late", '<span class="gone">late</span>'),
        LIMIT + "style sheets",
    ),
    Way(
        "words that a style sheet adds",
        '<p class="more">Boats sail.</p>',
        '<style>.more::after { content: " Corrected." }</style><p class="more">Boats sail.</p>',
        LIMIT + "style sheets",
    ),
    Way(
        "words taken away by a script",
        '<p id="gone">Boats sail.</p>',
        '<p id="gone">Boats sail.</p><script>document.getElementById("gone").remove()</script>',
        LIMIT + "scripts",
    ),
    _word(
        "words in another colour", '<span style="color:#a00">late ferries</span>', LIMIT + "colour"
    ),
    _word("words in bold", "<b>late ferries</b>", LIMIT + "bold"),
    _word("words in italics", "<em>late ferries</em>", LIMIT + "italic"),
    _word("words underlined", "<u>late ferries</u>", LIMIT + "underlined"),
    _word("words turned round", '<bdo dir="rtl">late ferries</bdo>', LIMIT + "direction"),
    _word("words in a quotation's element", "<q>late ferries</q>", LIMIT + "`q`"),
    _word(
        "words behind a mask", '<span style="filter:blur(9px)">late</span> ferries', LIMIT + "masks"
    ),
    Way("a line drawn", P, f"{P}<hr>", LIMIT + "drawn lines"),
    _word(
        "words raised by a style",
        '<span style="vertical-align:super">late</span> ferries',
        LIMIT + "raised",
    ),
    _word("words marked", "<mark>late ferries</mark>", LIMIT + "marked"),
    Way("a paragraph cut in two", P, P.replace(". Nobody", ".</p><p>Nobody"), LIMIT + "paragraphs"),
    Way("a line broken", P, P.replace(". Nobody", ".<br>Nobody"), LIMIT + "lines"),
)

WAYS = (*_EDITS, *_APPEARANCES, *_NOTICES, *_LIMITS)

NOTHING = (
    _word("a no-break space", "late\u00a0ferries", ""),
    _word("two spaces and a line feed", "late \n ferries", ""),
    _word("a soft hyphen", "late fer\u00adries", ""),
    _word("a joiner without a width", "late\u200d fer\u200dries", ""),
    _word("a mark of direction", "late\u200e ferries", ""),
    _word("isolates", "\u2068late ferries\u2069", ""),
    Way(
        "an element without a meaning",
        P,
        P.replace("<p>", "<p><span>").replace("</p>", "</span></p>"),
        "",
    ),
    Way("a comment", P, P.replace("</p>", "<!-- build 4711 --></p>"), ""),
    _word("a reference for a letter", "l&#97;te ferries", ""),
    Way("a class", P, P.replace("<p>", '<p class="wp-4711">'), ""),
    Way("an id", P, P.replace("<p>", '<p id="b4711">'), ""),
    Way("an attribute of scripts", P, P.replace("<p>", '<p data-block="4711">'), ""),
    Way("a script", P, P + '<script nonce="4711">var a = 1;</script>', ""),
    _more(
        "a token in a link",
        _LINK.replace("/annex", "/annex?utm_source=home"),
        _LINK.replace("/annex", "/annex?utm_source=mail"),
        "",
    ),
    _more(
        "a picture's version",
        _PICTURE.replace(".png", ".png?ver=1"),
        _PICTURE.replace(".png", ".png?ver=2"),
        "",
    ),
    _more(
        "the order of attributes",
        _PICTURE,
        '<p>A map: <img alt="Map of harbours" src="/maps/harbours.png"></p>',
        "",
    ),
    Way("a nonce in the head", "", '<meta name="nonce" content="4711">', "", "head"),
)

_BAR = '<div class="{0}" role="{1}"><p>{2}</p><button>Accept</button></div>'
_FRAMES = (
    ("a banner", "top", "<div>This site is being rebuilt.</div>"),
    ("a banner of another day", "top", "<div>The office is closed on Friday.</div>"),
    ("a cookie bar", "top", _BAR.format("cookie", "dialog", "We use cookies.")),
    ("a cookie bar at the end", "end", _BAR.format("cc-window", "region", "Cookies?")),
    (
        "a cookie bar worded anew",
        "end",
        _BAR.format("cc", "region", "Cookies, please."),
    ),
    ("a menu's entry", "header", '<ul><li><a href="/new/">New pages</a></li></ul>'),
    ("a menu", "header", '<nav><a href="/a/">A</a> <a href="/b/">B</a></nav>'),
    ("words in the header", "header", "<p>An official site</p>"),
    ("a search field", "header", "<form><input placeholder='Search'></form>"),
    ("words in the footer", "footer", "<p>Written by the bureau, 2026</p>"),
    ("a link in the footer", "footer", '<p><a href="/terms/">Terms</a></p>'),
    ("a stamp", "end", "<p>Served by node 4 in 31 ms</p>"),
    ("another stamp", "end", "<p>Served by node 7 in 12 ms</p>"),
    ("a date of the build", "before the footer", "<p>Build of 3 May 2026</p>"),
    (
        "a sign-up box",
        "before the footer",
        "<div><h3>Newsletter</h3><p>Sign up.</p></div>",
    ),
    ("a survey", "end", "<div role='dialog'><p>Tell us what you think.</p></div>"),
    ("an appeal", "top", "<aside><p>Help the people of the coast.</p></aside>"),
    (
        "a warning of the weather",
        "top",
        "<div role='alert'><p>Storm on Monday.</p></div>",
    ),
    ("words withdrawn from all", "top", "<p>These reports are being withdrawn.</p>"),
    ("a notice on all", "before heading", "<p>This report is no longer updated.</p>"),
    ("a disclaimer", "before the footer", "<p>Names are in the usual spelling.</p>"),
    (
        "a side column",
        "before the footer",
        "<div><h3>More</h3><p>On harbours.</p></div>",
    ),
    ("share links", "under heading", '<p><a href="/share?u=1">Share</a> this page</p>'),
    ("a button to print", "under heading", "<button>Print</button>"),
    ("a line under the heading", "under heading", "<p>Published by the bureau</p>"),
    ("a skip link", "top", '<a href="#content">Skip to the report</a>'),
    ("a picture", "top", '<img src="/flag.png" alt="Flag of the union">'),
    ("a logo", "header", '<img src="/logo-2.svg" alt="The union">'),
    ("a style", "head", "<style>p { color: #222 }</style>"),
    ("a script", "head", "<script>var build = 2;</script>"),
    ("a script at the end", "end", "<script>track(4711)</script>"),
    ("a pixel", "end", '<img src="/pixel.gif?r=4711" alt="" width="1" height="1">'),
    ("a frame of a tag manager", "end", '<iframe src="/tags?id=4711"></iframe>'),
    (
        "words without scripts",
        "top",
        "<noscript><p>Please allow scripts.</p></noscript>",
    ),
    ("a hidden window", "end", "<div hidden><p>You leave this site.</p></div>"),
    ("a template", "end", "<template><p>Loading</p></template>"),
    ("a live region", "end", '<div aria-live="polite"></div>'),
    (
        "a list of countries",
        "before the footer",
        "<ul><li>Aldermark</li><li>Lesse</li></ul>",
    ),
    (
        "a row of links",
        "before the footer",
        '<p><a href="/x/">X</a> | <a href="/y/">Y</a></p>',
    ),
    ("an address", "footer", "<address>12 Harbour Road</address>"),
    ("nothing at all", "top", ""),
)
FRAMES = tuple(Way(name, "", markup, "", place) for name, place, markup in _FRAMES)
