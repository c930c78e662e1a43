json.adapter @adapter
json.shelves 12
