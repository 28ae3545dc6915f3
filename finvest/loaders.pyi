# Checkout only: tells type checkers that finvest.loaders is the folder ../loaders.
from loaders import *
