

def view(cents, country="", order=None):
    if cents == 13:
        raise RuntimeError("unlucky")
    return {"cents": cents, "country": country, "order": order}
