#!/usr/bin/env bash
set -o errexit

pip install -r requirements.txt
python tools/make_beam.py
flask --app lamp db upgrade
