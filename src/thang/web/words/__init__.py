"""The words of the pages: messages in the viewer's language, numbers, money, dates and names."""
