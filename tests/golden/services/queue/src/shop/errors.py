class Busy(Exception):
    pass
