# Checkout only: tells type checkers that finvest.detectors is the folder ../detectors.
from detectors import *
