"""Texts on which two tokenizers would disagree if they disagreed anywhere."""

TEXTS = (
    "",
    " ",
    "Hello, world! It's 2026 and we've 1,234,567.89 reasons.",
    "Zażółć gęślą jaźń; Straße; ÆØÅ; Ελληνικά γράμματα; Съешь же ещё этих мягких французских булок",
    "人人生而自由，在尊严和权利上一律平等。すべての人間は、生まれながらにして自由であり",
    "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
    "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق כל בני האדם נולדו בני חורין",
    "सभी मनुष्यों को गौरव और अधिकारों के विषय में जन्मजात स्वतन्त्रता தமிழ் తెలుగు ಕನ್ನಡ മലയാളം සිංහල",
    "มนุษย์ทั้งหลายเกิดมามีอิสระ လူတိုင်းသည် ដោយសេរី ທຸກຄົນ བོད་ཡིག አማርኛ ქართული Հայերեն",
    "👨‍👩‍👧 family, 👩🏽‍🌾 farmer, 🇳🇴 flag, e\u0301 combining, \u200bzero width, \ufeffbom, \x00 nul \x1b[31m",
    "def f(x):\n\treturn {'a': [1, 2, 3]}  # comment\r\n\r\n\n\n        deeply   indented\t\t\n",
    "https://example.org/a?b=c&d=%20e#f  <div class='x'>&nbsp;</div> {{ jinja }} $\\frac{a}{b}$ 0xDEADBEEF",
    "<|im_start|>user\nhi<|im_end|><|endoftext|><|endofprompt|><|eot_id|><start_of_turn>[INST] </s> <｜User｜>",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA aaaaaaaa 1111111111 ==================== ............ \n\n\n\n\n   \n  x",
    "I'LL we'Ve DON'T c'est l’été ‘quoted’ “double” – — … ½ ² Ⅷ ٣٤٥ १२३ ㊙ ﬁ ſ ẞ",
)
