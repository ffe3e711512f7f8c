"""Files for assessors: OSCAL assessment results, XCCDF of one device."""
