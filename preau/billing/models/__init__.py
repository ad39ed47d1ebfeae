"""Which tariff prices which centre, what is billed, and the account of each family."""

from preau.billing.models.attestations import Attestation
from preau.billing.models.deposits import ChequeDeposit, DepositedCheque
from preau.billing.models.ledger import Allocation, LedgerEntry, Payment
from preau.billing.models.papers import Paper, PaperFile, PaperLine
from preau.billing.models.refunds import Refund
from preau.billing.models.runs import BillingRun, Charge, Draft
from preau.billing.models.settings import BillingSettings
from preau.billing.models.tariffs import CentreTariff

__all__ = [
    "Allocation",
    "Attestation",
    "BillingRun",
    "BillingSettings",
    "CentreTariff",
    "Charge",
    "ChequeDeposit",
    "DepositedCheque",
    "Draft",
    "LedgerEntry",
    "Paper",
    "PaperFile",
    "PaperLine",
    "Payment",
    "Refund",
]
