"""Everything that may import streamlit, one folder a panel, one file a question."""
