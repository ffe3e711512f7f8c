"""Why a device, or a rule over the fleet, came out as it did: judged as ``check`` does, shown as trees."""
