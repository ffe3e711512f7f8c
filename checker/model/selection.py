"""Which devices a waiver, an attestation, a wave or a supposition speaks of."""

from dataclasses import dataclass

from checker.model.condition import ALWAYS, Condition


@dataclass(frozen=True, slots=True)
class Selection:
    """A condition, a list and a share; a device is meant if it meets all that are given. Nothing given means all."""

    where: Condition = ALWAYS  # matched on TRUE only
    listed: tuple[str, ...] = ()  # device ids and names, folded for case; a name must be that of one device only
    share: tuple[int, int] | None = None  # from, below: of 10,000 parts by CRC-32 of the device id

    @property
    def everyone(self) -> bool:
        """True if it means every device."""
        return self == EVERYONE


EVERYONE = Selection()
