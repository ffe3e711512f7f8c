"""JUnit XML: cases of devices and rules, and of gates."""
