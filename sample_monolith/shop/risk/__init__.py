"""May this customer pay after delivery?"""
