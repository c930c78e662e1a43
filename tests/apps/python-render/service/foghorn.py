import time

while True:
    print("horn", flush=True)
    time.sleep(60)
