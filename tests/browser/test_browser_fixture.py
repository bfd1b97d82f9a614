from playwright.sync_api import Page


def test_a_danish_page_is_shown_as_it_was_written(page: Page) -> None:
    page.set_content("<html lang=da><h1>Kræver dig: 4 åbne poster</h1></html>")

    assert page.get_by_role("heading").inner_text() == "Kræver dig: 4 åbne poster"
    assert page.evaluate("navigator.language") == "da-DK"
