"""How prompts speak of a picture, a recording or a file, in the languages beside English."""

import re

from curator.checks.patterns import lowered

_POINTED = (
    r"(?:附件|附图|附上的|所附|上传的|如图|下图|上图|看图|(?:这张|这幅|该张|以下|下面|上面|给定|提供|下方|上方"
    r"|下列)(?:的)?(?:图片|照片|图像|截图|视频|音频|录音))"
    r"|(?:添付(?:の|した|された)|以下の|次の|この|上の|下の|上記の)(?:画像|写真|動画|音声|スクリーンショット)"
    r"|添付ファイル"
    r"|(?:첨부(?:된|한)?|다음|아래|위|이|주어진|제공된)(?:의)? ?(?:이미지|사진|그림|동영상|비디오|오디오|스크린샷)"
    r"|첨부 ?파일"
    r"|\b(?=[^\W\d_])(?:(?:angehängt|beigefügt|hochgeladen)\w* (?:bild|foto|datei|dokument|video|grafik)\w*|im anhang\b"
    r"|(?:diese[smnr]?|folgende[smnr]?|obige[smnr]?|gezeigte[smnr]?|untenstehende[smnr]?) (?:bild|foto|video"
    r"|screenshot|aufnahme)(?:e?s|er)?\b"
    r"|auf dem (?:bild|foto)\b"
    r"|(?:image|photo|fichier|document|vidéo|capture d['’]écran) (?:ci-jointe?|jointe?|ci-dessous|ci-dessus"
    r"|suivante|fournie)\b|pièce jointe\b"
    r"|(?:cette|dans l['’]|sur l['’]) ?(?:image|photo|vidéo)\b"
    r"|(?:imagen|foto|fotografía|archivo|documento|v[ií]deo) (?:adjunt[oa]|de abajo|de arriba|proporcionad[oa])\b"
    r"|archivo adjunto\b"
    r"|(?:esta|siguiente) (?:imagen|foto|fotografía|captura)\b|en la (?:imagen|foto)\b"
    r"|(?:imagem|foto|fotografia|arquivo|ficheiro|documento|vídeo) (?:em anexo|anexad[oa]|anex[oa]|abaixo|acima"
    r"|fornecid[oa])\b"
    r"|(?:esta|nesta|desta|seguinte) (?:imagem|foto|fotografia)\b|em anexo\b"
    r"|(?:immagine|foto|file|documento|video) (?:allegat[oa]|qui sotto|sottostante|fornit[oa])\b|(?:questa"
    r"|seguente) (?:immagine|foto)\b|in allegato\b"
    r"|(?:прикрепл|прилож|вложен|привед[её]нн|следующ|данн|показанн|эт)\w{1,5} (?:изображени|фото|картинк|картин"
    r"|рисунк|видео|скриншот)\w*"
    r"|на (?:этом |этой )?(?:фото|фотографии|картинке|изображении)\b|во вложении\b|(?:прикрепл"
    r"|прилож)[её]нн\w{1,3} файл\w*)"
    r"|(?:الصورة|الملف|المستند|الفيديو|المقطع) (?:المرفق|التالي|أدناه|أعلاه|المقدم|المعطا)|(?:في )?هذه الصورة"
    r"|(?:संलग्न|दी गई|दिए गए|निम्नलिखित|नीचे दी गई|इस) (?:छवि|चित्र|फोटो|तस्वीर|वीडियो)|संलग्न (?:फ़ाइल|दस्तावेज़)"
)
_MENTION = re.compile(_POINTED)
"""Looked for in small letters."""

LIKELY = [
    *("附件", "附图", "附上", "所附", "上传的", "如图", "下图", "上图", "看图", "图片", "照片", "图像", "截图"),
    *("视频", "音频", "录音", "画像", "写真", "動画", "音声"),
    *("スクリーンショット", "添付", "이미지", "사진", "그림", "동영상", "비디오", "오디오", "스크린샷", "첨부"),
    *("angehängt", "beigefügt", "hochgeladen", "im anhang"),
    *("dieses bild", "diesem bild", "folgende bild", "folgende foto", "dieses foto", "diesem foto", "obige bild"),
    *("gezeigte", "dem bild", "dem foto", "dieses video"),
    *("ci-joint", "jointe", "joint", "ci-dessous", "ci-dessus", "image suivante", "photo suivante", "fournie"),
    *("cette image", "cette photo", "l'image", "l’image"),
    *("cette vidéo", "adjunt", "imagen", "esta foto", "siguiente foto", "la foto", "foto de", "fotografía"),
    *("captura", "imagem", "anexo", "anexad", "anexa"),
    *("nesta foto", "desta foto", "fotografia", "foto abaixo", "foto acima", "allegat", "immagine", "questa foto"),
    *("seguente foto", "изображени", "фото", "картин"),
    *("рисунк", "видео", "скриншот", "вложении", "файл", "الصورة", "الملف", "المستند", "الفيديو", "المقطع", "छवि"),
    *("चित्र", "फोटो", "तस्वीर", "वीडियो", "संलग्न"),
]
"""Words of which every such mention holds one; polars looks for them, in any case of ASCII."""

_WORKS_WITH = re.compile(
    r"[:：][^\S\n]*\S|[\"“「『«]|https?://|故事|代码|程序|网页|函数|邮件|写一|生成一|物語|コード|書い|이야기|코드"
    r"|작성|\b(?:schreib|geschichte|programm|écri|histoire"
    r"|code|escrib|historia|código|escrev|história|scriv|storia|codice|напиш|истори|код|программ)\w*|اكتب|قصة|लिख"
    r"|कहानी",
    re.IGNORECASE,
)
"""What stands in a prompt that gives the thing as text, or asks for a text or a program about one."""
_SENTENCE_END = re.compile(r"[.?!:](?=\s)|[\n。！？।؟]")


def mention(text: str) -> re.Match[str] | None:
    """The first mention in the first or last sentence of a prompt that gives nothing else to work on."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text.rstrip())]
    first, last = ends[0] if ends else len(text), ends[-1] if ends and ends[-1] < len(text.rstrip()) else 0
    found = next(
        (one for one in _MENTION.finditer(lowered(text)) if one.start() < first or one.start() >= last > 0), None
    )
    return None if found is None or _WORKS_WITH.search(text) else found
