import streamlit as st

from workload import conversation

st.title(conversation.TITLE)

if "messages" not in st.session_state:
    st.session_state.messages = []
    for question, answer in conversation.history():
        st.session_state.messages.append({"role": "user", "content": question})
        st.session_state.messages.append({"role": "assistant", "content": answer})

for message in st.session_state.messages:
    with st.chat_message(message["role"]):
        st.markdown(message["content"])

if prompt := st.chat_input("Ask something"):
    st.session_state.messages.append({"role": "user", "content": prompt})
    with st.chat_message("user"):
        st.markdown(prompt)
    with st.chat_message("assistant"):
        response = st.write_stream(conversation.reply_tokens(prompt))
    st.session_state.messages.append({"role": "assistant", "content": response})
