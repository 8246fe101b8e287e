"""Pages that would have a browser ask elsewhere, act or lead away: 75 ways, each by itself.

``{E}`` is where they ask; every page keeps its one sentence.
"""

from __future__ import annotations

SAID = "The ferry to Morrowby is late."

_STYLES = {
    "a plain address": "body{{background:url({E}/a.png)}}",
    "a quoted address": "body{{background:url('{E}/a.png')}}",
    "space before the bracket's address": "body{{background:url(  {E}/a.png  )}}",
    "an import": "@import '{E}/a.css';",
    "an import by address": "@import url({E}/a.css);",
    "an import in capitals": "@IMPORT '{E}/a.css';",
    "an escaped letter of url": "body{{background:u\\72l({E}/a.png)}}",
    "an escaped letter and a space": "body{{background:\\75 rl({E}/a.png)}}",
    "six digits of an escape": "body{{background:\\000075rl({E}/a.png)}}",
    "an escaped capital": "body{{background:\\55rl({E}/a.png)}}",
    "every letter of url escaped": "body{{background:\\75\\72\\6c({E}/a.png)}}",
    "a letter escaped as itself": "body{{background:\\ur\\l({E}/a.png)}}",
    "an escape ended by a line": "body{{background:\\75\nrl({E}/a.png)}}",
    "an escape ended by a tab": "body{{background:u\\72\tl({E}/a.png)}}",
    "an escaped import": "@\\69mport '{E}/a.css';",
    "an escaped import of six digits": '@\\000069mport "{E}/a.css";',
    "an import of escaped letters": "@im\\70or\\74 '{E}/a.css';",
    "an import escaped as itself": "@i\\mport '{E}/a.css';",
    "a font": "@font-face{{font-family:a;src:url({E}/a.woff)}}p{{font-family:a}}",
    "an escaped font": "@font-face{{font-family:a;src:\\75 rl({E}/a.woff)}}p{{font-family:a}}",
    "a cursor": "body{{cursor:url({E}/a.png),auto}}",
    "an escaped cursor": "body{{cursor:\\0075rl({E}/a.png),auto}}",
    "content of a pseudo-element": "p::after{{content:url({E}/a.png)}}",
    "escaped content": "p::after{{content:\\000075rl({E}/a.png)}}",
    "a list's mark": "p{{display:list-item;list-style-image:url({E}/a.png)}}",
    "a border's picture": "p{{border:9px solid;border-image:url({E}/a.png) 9}}",
    "a set of pictures": "body{{background:image-set('{E}/a.png' 1x)}}",
    "a prefixed set of pictures": "body{{background:-webkit-image-set(url({E}/a.png) 1x)}}",
    "an escaped set of pictures": "body{{background:image-s\\65t('{E}/a.png' 1x)}}",
    "a fade of pictures": "body{{background:-webkit-cross-fade(url({E}/a.png),red,50%)}}",
    "a variable": ":root{{--a:url({E}/a.png)}}body{{background:var(--a)}}",
    "an escaped variable": ":root{{--a:u\\72l({E}/a.png)}}body{{background:var(--a)}}",
    "a mask": "p{{mask:url({E}/a.svg#m)}}",
    "a filter": "p{{filter:url({E}/a.svg#f)}}",
    "a clip": "p{{clip-path:url({E}/a.svg#c)}}",
    "a shape": "p{{float:left;shape-outside:url({E}/a.png)}}",
    "a rule in a rule": "body{{& p{{background:url({E}/a.png)}}}}",
    "a media query": "@media all{{p{{background:u\\72l({E}/a.png)}}}}",
    "a layer": "@import '{E}/a.css' layer(a) supports(display:grid);",
    "a comment before it": "/* */@import '{E}/a.css';",
    "a comment's end escaped": "/* \\*/body{{background:u\\72l({E}/a.png)}}",
    "old comment marks": "<!-- @import '{E}/a.css'; -->",
    "a property of its own": "@property --b{{syntax:'*';inherits:true;initial-value:url({E}/b)}}",
}
_INLINE = {
    "a style of an element": "<p style='background:url({E}/a.png)'>",
    "an escaped style of an element": "<p style='background:\\75rl({E}/a.png)'>",
    "an entity in a style": "<p style='background:&#117;rl({E}/a.png)'>",
    "an entity of an escape": "<p style='background:u&#92;72l({E}/a.png)'>",
    "a style in capitals": "<P STYLE='BACKGROUND:URL({E}/a.png)'>",
    "an escaped set in an element": "<p style='background:\\69mage-set(\"{E}/a.png\" 1x)'>",
    "a list's escaped mark": "<ul style='list-style-image:u\\72 l({E}/a.png)'><li>",
}
_DRAWN = {
    "a picture in a drawing": "<svg><image href='{E}/a.png'></image></svg>",
    "a picture of the old kind": "<svg><image xlink:href='{E}/a.png'></image></svg>",
    "an animated address": "<svg><image><set attributeName=href to='{E}/a.png'></image></svg>",
    "values of an animation": "<svg><image><animate attributeName=href values='{E}/a.png'>"
    "</image></svg>",
    "an escaped sheet in a drawing": "<svg><style>@\\69mport '{E}/a.css';</style></svg>",
    "an entity in a drawing's sheet": "<svg><style>@&#105;mport '{E}/a.css';</style></svg>",
    "a comment in a drawing's sheet": "<svg><style>@im<!-- -->port '{E}/a.css';</style></svg>",
    "data in a drawing's sheet": "<svg><style><![CDATA[@import '{E}/a.css';]]></style></svg>",
    "an element in a drawing's sheet": "<svg><style>@im<a></a>port '{E}/a.css';</style></svg>",
    "a filter's picture": "<svg><filter id=f><feImage href='{E}/a.png'/></filter>"
    "<rect filter='url(#f)' width=9 height=9></rect></svg>",
    "a filter as an attribute": "<svg><rect filter='url({E}/a.svg#f)' width=9></rect></svg>",
    "an escaped filter": "<svg><rect filter='\\75rl({E}/a.svg#f)' width=9 height=9></rect></svg>",
    "a drawing used": "<svg><use href='{E}/a.svg#a'></use></svg>",
    "a foreign picture": "<svg><foreignObject><img src='{E}/a.png'></foreignObject></svg>",
}
_MARKUP = {
    "a picture with sets": "<img srcset='{E}/a.png 1x, {E}/b.png 2x' src='{E}/c.png'>",
    "a source of a picture": "<picture><source srcset='{E}/a.png'><img></picture>",
    "a frame with its own page": "<iframe srcdoc=\"<img src='{E}/a.png'>\"></iframe>",
    "a report of attribution": "<img attributionsrc='{E}/a' src='{E}/b'>",
    "a script that asks": "<script>fetch('{E}/a')</script>",
    "a picture that fails": "<img src=x onerror=\"fetch('{E}/a')\">",
    "a page that follows at once": "<meta http-equiv=refresh content='0;url={E}/a'>",
    "hints of hosts": "<link rel=preload as=image href='{E}/a'><link rel=prefetch href='{E}/b'>",
    "a title that ends early": "<title></title><img src='{E}/a'></title>",
    "markup without scripts": "<noscript><style></noscript><img src='{E}/a'></style></noscript>",
    "a shadow": "<div><template shadowrootmode=open><img src='{E}/a'></template></div>",
}


def captured_payloads(elsewhere: str) -> dict[str, bytes]:
    """Return hostile pages by what they try; ``elsewhere`` is the origin they would ask."""
    sheets = {name: f"<style>{css}</style>" for name, css in _STYLES.items()}
    pages = {**sheets, **_INLINE, **_DRAWN, **_MARKUP}
    start = "<!doctype html><html><head><title>A page</title></head><body>"
    return {
        name: f"{start}{markup.format(E=elsewhere)}<p>{SAID}</p></body></html>".encode()
        for name, markup in pages.items()
    }
