"""The frame around every page: page config, navigation."""

import streamlit as st

from components import nav

st.set_page_config(
    page_title="Callsmith",
    page_icon=nav.ICON,
    layout="wide",
    initial_sidebar_state=244,
    menu_items={"About": nav.ABOUT},
)
nav.mark_framed()
nav.current().run()
