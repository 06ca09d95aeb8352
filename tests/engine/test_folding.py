"""Long base64 is cut for reading, and nothing else is."""

from callsmith.folding import folded


def test_a_picture_is_cut_and_its_length_said() -> None:
    picture = "iVBOR" + "A" * 9_995 + "=="
    short, runs = folded(f'{{"image_url":"data:image/png;base64,{picture}","text":"what is it"}}')
    assert runs == 1
    assert "data:image/png;base64,iVBOR" in short
    assert "10,002 characters in all, folded" in short
    assert '"text":"what is it"' in short
    assert len(short) < 200


def test_prose_code_and_short_signatures_stay() -> None:
    text = "a long text of many words, " * 200 + "id_" + "x" * 300 + "\n" + "-_" * 20
    assert folded(text) == (text, 0)
