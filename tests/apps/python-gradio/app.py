import gradio as gr


def greet(name: str) -> str:
    return f"hello {name}"


demo = gr.Interface(fn=greet, inputs="text", outputs="text", title="hello from gradio")

if __name__ == "__main__":
    demo.launch()
