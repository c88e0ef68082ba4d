"""SVF-PREM: questionnaires on how the investigation was, sent by a rule, answered without a name."""
