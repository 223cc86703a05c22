"""Level 2: who takes part: departments, institutions, guarantors, their accounts and keys."""
