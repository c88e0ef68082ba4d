"""What the field knows, made easy to find: from a symptom or a finding to the right pathway."""
