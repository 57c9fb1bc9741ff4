from typing import Any

import streamlit as st
from inference import models

import workload


@st.cache_resource
def load_classifier() -> Any:
    return models.load_classifier()


@st.cache_resource
def load_chat() -> models.Chat:
    return models.load_chat()


classifier = load_classifier()
chat = load_chat()


# Every run asks for the results again, one of a click elsewhere too: a visitor's own are kept for as long as the visit.
@st.cache_data(scope="session")
def classify(sentence: str) -> str:
    return models.classify(classifier, sentence)


@st.cache_data(scope="session")
def classify_batch(number: int) -> str:
    return models.classify_batch(classifier, number)


st.title("Ask a model")

if "clicks" not in st.session_state:
    st.session_state.clicks = 0
if st.button("Increment", key="increment"):
    st.session_state.clicks += 1
st.container(key="count").text(workload.count_text(st.session_state.clicks))

if sentence := st.text_input("Sentence", key="sentence"):
    st.container(key="label").text(classify(sentence))

if "batches" not in st.session_state:
    st.session_state.batches = 0
if st.button("Batch", key="batch"):
    st.session_state.batches += 1
if st.session_state.batches:
    st.container(key="summary").text(classify_batch(st.session_state.batches))

if order := st.text_input("Order", key="order"):
    answer = st.container(key="answer")
    if order != st.session_state.get("answered"):
        st.session_state.answer = answer.write_stream(models.answer(chat, order))
        st.session_state.answered = order
    else:
        answer.write(st.session_state.answer)
