from huey.contrib.djhuey import task


@task()
def weigh(grams):
    print(f"a parcel of {grams / 1000} kg", flush=True)
