"""The same ten prerequisites judged by other tools: is the answer right, and what does it cost?"""
