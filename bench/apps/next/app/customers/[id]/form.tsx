"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { Alert, Button, Snackbar, Stack, TextField } from "@mui/material";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { type Customer, customer as schema } from "../../../lib/customers";

export default function CustomerForm({ customer }: { customer: Customer }) {
  const [saved, setSaved] = useState(false);
  const { register, handleSubmit, formState } = useForm<Customer>({ resolver: zodResolver(schema), defaultValues: customer });
  const { errors, isDirty } = formState;
  return (
    <Stack component="form" spacing={2} sx={{ mb: 3, maxWidth: 480 }} onSubmit={handleSubmit(() => setSaved(true))}>
      <TextField label="Name" {...register("name")} error={Boolean(errors.name)} helperText={errors.name?.message} />
      <TextField label="Mail" {...register("email")} error={Boolean(errors.email)} helperText={errors.email?.message} />
      <TextField label="Customer since" {...register("since")} error={Boolean(errors.since)} helperText={errors.since?.message} />
      <TextField label="Credit" type="number" {...register("credit", { valueAsNumber: true })} error={Boolean(errors.credit)} />
      <Button type="submit" variant="contained" disabled={!isDirty}>
        Save
      </Button>
      <Snackbar open={saved} autoHideDuration={3000} onClose={() => setSaved(false)}>
        <Alert severity="success">Saved</Alert>
      </Snackbar>
    </Stack>
  );
}
