from . import returns_demo
