import Sage100
