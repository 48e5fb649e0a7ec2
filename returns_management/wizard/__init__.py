from . import returns_refuse
