"""What makes links and citations last: ledger of addresses, versions, citations, report guard."""
