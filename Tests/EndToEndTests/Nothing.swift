import Crypto
import Testing
