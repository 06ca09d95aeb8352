"""The Connections page and the model picker."""
