"""What happens to ties and requests: loads, asks the rules, and stores everything of one step together."""
