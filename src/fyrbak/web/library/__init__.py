"""From symptom to pathway: for those who meet the patient first."""
