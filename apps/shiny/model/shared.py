from inference import models

classifier = models.load_classifier()
chat = models.load_chat()
